import type { JobDefinition } from "moonpath/scheduler";
import type { CouponBook } from "../books/coupons.js";
import type { OrderBook } from "../books/orders.js";
import { settleCarts } from "./carts.js";
import { cleanUp, describeCleaned } from "./clean-up/clean-up.js";
import type { Offers } from "./offers.js";
import type { PageViews } from "./page-views.js";
import type { ShopResources } from "./terms.js";
import { endUnfinishedOrders } from "./unfinished-orders.js";

/** The parts of the shop that its jobs use. */
export interface JobParts {
  readonly views: PageViews;
  readonly offers: Offers;
  readonly orders: OrderBook;
  readonly coupons: CouponBook;
}

/** The jobs of the shop. Each runs in one process of all that serve the shop. */
export function jobsOf(
  resources: ShopResources,
  { views, offers, orders, coupons }: JobParts,
): JobDefinition[] {
  return [
    {
      name: "view-sync",
      schedule: "*/5 * * * * *",
      timeoutMs: 60_000,
      run: async ({ signal }) => {
        const { batches, views: count, failed } = await views.sync.run({ signal });
        if (failed.length > 0) throw new Error(`${failed.length} shards were not written to the books`);
        return `${count} views in ${batches} batches`;
      },
    },
    {
      name: "abandoned-carts",
      schedule: "* * * * *",
      timeoutMs: 60_000,
      run: async ({ signal }) => `${await settleCarts(resources, signal)} carts`,
    },
    {
      name: "unfinished-orders",
      schedule: "* * * * *",
      timeoutMs: 60_000,
      run: async () => `${await endUnfinishedOrders({ acme: resources.acme, orders, coupons })} orders`,
    },
    {
      name: "expired-offers",
      schedule: "* * * * *",
      timeoutMs: 60_000,
      run: async () => `${await offers.requeueOverdue()} offers`,
    },
    {
      name: "cleanup",
      schedule: "0 3 * * *",
      run: async ({ signal }) => describeCleaned(await cleanUp(resources, offers, signal)),
    },
  ];
}
