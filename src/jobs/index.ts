/** Background work over Moonpath's scripts: `moonpath/jobs`. */
export type { Growth } from "./backoff.js";
export { createExpiryWorker } from "./expiry-worker.js";
export type { JobContext, JobDefinition } from "./job-runner.js";
export { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
export {
  createReservationSweeper,
  quietMs,
  quietSet,
  type ReservationSweeper,
  type ReservationSweeperOptions,
  reservationSet,
  reserve,
  type SweepCounts,
} from "./reservations.js";
export { createScheduler, type LeaderLocks, type Scheduler, type SchedulerOptions } from "./scheduler.js";
export type { JobLastRun, JobStatus, SchedulerStatus } from "./scheduler-status.js";
export type { JobTenant } from "./tenant.js";
export type { ClaimedItem, ItemOutcome } from "./verdicts.js";
export {
  countViews,
  type ViewCounter,
  type ViewCounterOptions,
  type ViewCounterStatus,
  viewShards,
} from "./view-counter.js";
export {
  createViewSync,
  type ViewBatch,
  type ViewSync,
  type ViewSyncOptions,
  type ViewSyncRun,
} from "./view-sync.js";
export type {
  ClaimContext,
  ExpiryWorker,
  ExpiryWorkerOptions,
  ExpiryWorkerStatus,
  StopOptions,
} from "./worker.js";
