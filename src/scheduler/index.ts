/** Cron jobs that run once in the fleet, under one leader: `moonpath/scheduler`. */
export type { JobContext, JobDefinition } from "./job-runner.js";
export {
  createScheduler,
  type LeaderLock,
  type Scheduler,
  type SchedulerOptions,
  type SchedulerTenant,
} from "./scheduler.js";
export type { JobLastRun, JobStatus, SchedulerStatus } from "./status.js";
