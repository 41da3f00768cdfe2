import { ArgumentError, LostError } from "../core/errors.js";
import type { OptionNames } from "../core/known-options.js";
import { LeaseGroup } from "../core/lease/lease-group.js";
import { readFrom } from "../core/read-from.js";
import { WaitDeadline } from "../core/wait-deadline.js";
import { acquireLock, type LockTenant } from "./acquire.js";
import type { LockLease } from "./lease.js";
import { lockOptions, resolveLockOptions, sortedKeys } from "./options.js";
import type { HeldLock, Lock, UsingOptions } from "./types.js";

const usingOptions: OptionNames<UsingOptions> = { ...lockOptions, onLost: true };

/** The lock functions of one tenant. */
export function createLock(tenant: LockTenant): Lock {
  return {
    async using(keys, options, work) {
      if (typeof work !== "function") throw new ArgumentError("work", "a function");
      const resolved = resolveLockOptions(options, usingOptions);
      const onLost = readFrom("options", () => options.onLost);
      const wanted = sortedKeys(keys, tenant.scope);
      const group = new LeaseGroup<LockLease>({ signal: resolved.signal, onLost });
      try {
        const deadline = new WaitDeadline(resolved.waitMs, group.signal);
        for (const key of wanted) group.add(await acquireLock(tenant, key, resolved, deadline));
        deadline.throwIfAborted();
        const fences = new Map(group.leases.map(({ key, fence }) => [key, fence]));
        const result = await work({
          signal: group.signal,
          fence: Math.max(...fences.values()),
          fences,
          throwIfLost: () => group.throwIfLost(),
        });
        group.throwIfLost();
        return result;
      } catch (error) {
        throw group.causeOf(error);
      } finally {
        await group.end();
      }
    },
    async acquire(key, options = {}) {
      const resolved = resolveLockOptions(options, lockOptions);
      sortedKeys([key], tenant.scope);
      const deadline = new WaitDeadline(resolved.waitMs, resolved.signal);
      return heldLock(await acquireLock(tenant, key, resolved, deadline));
    },
  };
}

function heldLock(lease: LockLease): HeldLock {
  let isReleased = false;
  return {
    key: lease.key,
    owner: lease.owner,
    fence: lease.fence,
    get leaseEndsInMs() {
      return isReleased ? 0 : lease.remainingMs;
    },
    async renew() {
      const outcome = await lease.renew();
      // The reply may come after the renewed lease has ended.
      if (outcome === "lost" || lease.hasEnded) throw new LostError("the lock's lease has ended");
    },
    release() {
      isReleased = true;
      return lease.release();
    },
    async [Symbol.asyncDispose]() {
      isReleased = true;
      await lease.release().catch(() => {});
    },
  };
}
