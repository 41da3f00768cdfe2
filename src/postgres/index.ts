/** `moonpath/postgres`: effects that PostgreSQL runs exactly once, in your transactions. */
export type { CallbackPool, Database, DatabasePool, PooledConnection, Transaction } from "./database.js";
export { type FencedWrite, guardFence } from "./fence.js";
export { forgetRequests, type RunningRequest, recordOnce } from "./requests.js";
export { createTables, tablesSql } from "./tables.js";
export { inTransaction, type TransactionOptions } from "./transaction.js";
export { type GuardedWrite, guardVersion, type WrittenVersion } from "./versions.js";
export { type AppliedBatch, applyViews, reconcileViews } from "./views.js";
export {
  type AppliedWriteBatch,
  type AppliedWrites,
  applyWrites,
  type RefusedWrite,
  reconcileWrites,
} from "./writes.js";
