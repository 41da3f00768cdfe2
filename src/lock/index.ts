/** Locks that are renewed while work goes on: `tenant.lock`. */
export type { LockTenant } from "./acquire.js";
export { lockDefaults } from "./defaults.js";
export { createLock } from "./lock.js";
export type { LockOptions } from "./options.js";
export type { HeldLock, HeldLocks, Lock, UsingOptions } from "./types.js";
export { WaitQueues } from "./wait-queues.js";
