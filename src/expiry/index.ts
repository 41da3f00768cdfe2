/** Workers for items that come due, and the sweeper of stock reservations: `moonpath/expiry`. */
export type { BackoffOptions } from "../core/backoff.js";
export type { ExpiryClient } from "./client.js";
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
  type ReservationSweeperStatus,
  type SweepCounts,
  type TenantProduct,
} from "./sweeper.js";
export { createExpiryWorker } from "./worker.js";
