// Generated from lua/lock/ by moonpath-codegen. DO NOT EDIT.
import { type LockAcquireOperation, lockAcquire } from "./lock/acquire.js";
import { type LockReleaseOperation, lockRelease } from "./lock/release.js";
import { type LockRenewOperation, lockRenew } from "./lock/renew.js";

export * from "./lock/acquire.js";
export * from "./lock/release.js";
export * from "./lock/renew.js";

/** The scripts of `lock` as functions. */
export interface LockOperations extends LockAcquireOperation, LockReleaseOperation, LockRenewOperation {}

/** Every script of `lock`, as a client takes them: `{ lock: lockScripts }`. */
export const lockScripts = {
  acquire: lockAcquire,
  release: lockRelease,
  renew: lockRenew,
};
