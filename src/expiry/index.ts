/** Workers for items that come due, and the sweeper of stock reservations: `moonpath/expiry`. */
export type { BackoffOptions as Growth } from "../core/backoff.js";
export type { ClaimedItem, ItemOutcome } from "./item-results.js";
export type {
  ClaimContext,
  ExpiryWorker,
  ExpiryWorkerOptions,
  ExpiryWorkerStatus,
  StopOptions,
} from "./options.js";
export { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
export {
  createReservationSweeper,
  type ReservationSweeper,
  type ReservationSweeperOptions,
  recheckMs as quietMs,
  recheckQueue as quietSet,
  reservationQueue as reservationSet,
  reserve,
  type SweepCounts,
} from "./reservations.js";
export type { ExpiryTenant as JobTenant } from "./tenant.js";
export { createExpiryWorker } from "./worker.js";
