/**
 * `moonpath/outbox`: invalidations of caches that are written in the transaction of the change, and
 * delivered after it, also if the process dies.
 */
export type { InvalidationDeadLetter, RelayConnection, RelayOptions, RelayPool } from "./options.js";
export { createInvalidationOutbox, type InvalidationOutbox } from "./outbox.js";
export {
  createInvalidationRelay,
  type InvalidationRelay,
  type RelayClient,
  type RelayStatus,
} from "./relay.js";
export type { StoredStatus } from "./stored-status.js";
export type {
  AllInvalidation,
  CacheInvalidation,
  NamedCache,
  OutboxTarget,
  PatternInvalidation,
  TagInvalidation,
} from "./targets.js";
export { type OutboxTransaction, runnerOf } from "./transaction.js";
