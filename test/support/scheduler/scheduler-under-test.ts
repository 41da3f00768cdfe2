import { onTestFinished } from "vitest";
import {
  createScheduler,
  type JobDefinition,
  type Scheduler,
  type SchedulerOptions,
} from "../../../src/scheduler/index.js";
import type { FreshTenant } from "../tenant.js";

export const everySecond = "* * * * * *";

/** A scheduler that is stopped after the test. */
export function scheduler(
  { tenant }: Pick<FreshTenant, "tenant">,
  jobs: readonly JobDefinition[],
  options: Partial<SchedulerOptions> = {},
): Scheduler {
  const made = createScheduler({
    tenant,
    jobs,
    leaseMs: 1_000,
    graceMs: 1_000,
    ...options,
  });
  onTestFinished(async () => {
    await made.stop();
  });
  return made;
}
