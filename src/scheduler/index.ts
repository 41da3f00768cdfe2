/** `moonpath/scheduler`: cron jobs that one elected process runs for the whole fleet. */
export type { JobContext, JobDefinition } from "./job-runner.js";
export {
  createScheduler,
  type LeaderLock,
  type Scheduler,
  type SchedulerOptions,
  type SchedulerTenant,
} from "./scheduler.js";
export type { JobLastRun, JobStatus, SchedulerStatus } from "./status.js";
