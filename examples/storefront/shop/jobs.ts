import type { JobDefinition } from "../../../src/jobs/index.js";
import { settleCarts } from "./carts.js";
import type { PageViews } from "./page-views.js";
import type { Supplies } from "./terms.js";

/** What the shop does by the clock, in one process of all that serve it. */
export function jobsOf(supplies: Supplies, views: PageViews): JobDefinition[] {
  return [
    {
      name: "view-sync",
      schedule: "*/5 * * * * *",
      timeoutMs: 60_000,
      run: async ({ signal }) => {
        const { batches, views: count, failed } = await views.sync.run({ signal });
        if (failed.length > 0) throw new Error(`${failed.length} shards were not brought into the books`);
        return `${count} views in ${batches} batches`;
      },
    },
    {
      name: "abandoned-carts",
      schedule: "* * * * *",
      timeoutMs: 60_000,
      run: async ({ signal }) => `${await settleCarts(supplies, signal)} carts`,
    },
  ];
}
