/**
 * `moonpath/writebehind`: a queue of writes in Redis, brought to a database once.
 */
export {
  createWriteQueue,
  type NewWrite,
  type PendingWrite,
  type TenantWriteQueue,
  type WriteDepth,
  type WritePurge,
  type WriteQueue,
  type WriteQueueClient,
  type WriteQueueOptions,
} from "./queue.js";
export { createWriteBehind } from "./worker.js";
export type {
  FlushEvent,
  QueuedWrite,
  RefusedQueuedWrite,
  SettledWrite,
  WriteBatch,
  WriteBehind,
  WriteBehindOptions,
} from "./worker-options.js";
export type { Flusher, Workers, WriteBehindRun } from "./workers.js";
