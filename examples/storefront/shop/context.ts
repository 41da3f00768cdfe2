import type { Pool } from "pg";
import { createScheduler, type Scheduler } from "../../../src/jobs/index.js";
import { Recorder } from "../books/record.js";
import { ViewLedger } from "../books/views.js";
import { reasonsOf } from "../reasons.js";
import { jobsOf } from "./jobs.js";
import { PageViews } from "./page-views.js";
import type { Tenant } from "./terms.js";

/** What the shop is made over. */
export interface Supplies {
  readonly acme: Tenant;
  readonly pool: Pool;
  readonly schema: string;
  /** Resolves when Redis answers. */
  ping(): Promise<unknown>;
  /** Hears of trouble that passes. */
  warn?(message: string): void;
}

/** What the routes and the jobs work with. */
export interface ShopContext extends Supplies {
  readonly recorder: Recorder;
  readonly views: PageViews;
  /** Not started. */
  readonly scheduler: Scheduler;
}

/** How long the background work may take to end. */
const GRACE_MS = 2_000;

export function createContext(supplies: Supplies): ShopContext {
  const { acme, pool, schema, warn = () => undefined } = supplies;
  const again = (what: string, error: unknown) => warn(`${what} will try again: ${reasonsOf(error)}`);
  const views = new PageViews(acme, new ViewLedger(pool, schema), again);
  const scheduler = createScheduler({
    tenant: acme,
    locks: acme.locks,
    jobs: jobsOf({ views }),
    graceMs: GRACE_MS,
    onError: (error, job) => again(job === undefined ? "the scheduler" : `the job ${job}`, error),
  });
  return { ...supplies, recorder: new Recorder(pool, schema), views, scheduler };
}

/** Ends what goes on behind the requests. */
export async function stopBackground({ views, scheduler }: ShopContext): Promise<void> {
  await scheduler.stop();
  await views.stop(GRACE_MS);
}
