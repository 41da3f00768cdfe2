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
export {
  createWriteBehind,
  type QueuedWrite,
  type RefusedQueuedWrite,
  type SettledWrite,
  type WriteBatch,
  type WriteBehind,
  type WriteBehindOptions,
  type WriteBehindRun,
} from "./worker.js";
