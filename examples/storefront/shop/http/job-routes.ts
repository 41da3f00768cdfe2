import type { FastifyInstance } from "fastify";
import type { JobStatus, Scheduler } from "moonpath/scheduler";

/** `GET /jobs`: the last run of each job. */
export function jobRoutes(shop: FastifyInstance, scheduler: Scheduler): void {
  shop.get("/jobs", async () => {
    const { leader, jobs } = await scheduler.status();
    return { isLed: leader !== undefined, jobs: jobs.map(publicStatus) };
  });
}

/**
 * The reply leaves out the leader's name, which has host and process, and the messages of errors.
 */
function publicStatus({ name, schedule, timeZone, nextMs, last }: JobStatus) {
  if (last === undefined) return { name, schedule, timeZone, nextMs };
  const { outcome, startedMs, ranMs, note } = last;
  const run = { outcome, startedMs, ranMs, ...(outcome === "done" ? { note } : {}) };
  return { name, schedule, timeZone, nextMs, last: run };
}
