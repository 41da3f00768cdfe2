import { AbortedError, ArgumentError, LostError } from "../core/errors.js";
import { LeaseGroup } from "../core/lease/lease-group.js";
import { readFrom } from "../core/read-from.js";
import { acquireLock, type LockTenant } from "./acquire.js";
import type { Lease } from "./lease.js";
import { type LockOptions, resolveLockOptions, sortedKeys } from "./options.js";
import { WaitDeadline } from "./wait-deadline.js";

/** How `using` takes its locks; all may be left out. */
export interface UsingOptions extends LockOptions {
  /** Hears once of a loss, as soon as it is known. What it throws is dropped. */
  readonly onLost?: ((error: LostError) => void) | undefined;
  /** Ends the waiting at once, with AbortedError. Later it aborts the function's signal, with its own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What the function of `using` is given. */
export interface HeldLocks {
  /**
   * Aborts when a lock is lost, its reason a LostError, or when the caller's own signal does. Asked for `aborted`
   * or `throwIfAborted()`, it looks at the clock: the answer is true even after the event loop was blocked.
   */
  readonly signal: AbortSignal;
  /** The fencing token of the only lock, or the highest of several. */
  readonly fence: number;
  /** The fencing token of each lock, by its key. */
  readonly fences: ReadonlyMap<string, number>;
}

/** A lock that `acquire` took. It is renewed by hand. */
export interface HeldLock {
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
  /** Milliseconds for which nobody else can have the lock; 0 when that is over. */
  readonly leaseEndsInMs: number;
  /**
   * Gives it a new lease, as long as the first.
   *
   * @throws LostError when somebody else had or could have had it; other errors leave the old lease as it was
   */
  renew(): Promise<void>;
  /** `lost`: it was not there any more, or the answer to a first attempt was lost on its way. */
  release(): Promise<"released" | "lost">;
  /** Releases it, for `await using`. Never rejects: an unreleased lock ends with its lease. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Locks of one tenant. */
export interface Locks {
  /**
   * Runs a function while this process holds one or several locks, and renews them meanwhile. Several are taken in
   * one order by everybody, so that no two wait for each other for ever.
   *
   * A holder that slept past its lease cannot know it before it writes: let the store refuse a `fence` lower than
   * the highest that it has seen.
   *
   * ```ts
   * await acme.locks.using("nightly", { leaseMs: 30_000, waitMs: 0 }, async ({ signal, fence }) => {
   *   for (const page of pages) {
   *     signal.throwIfAborted();
   *     await write(page, fence);
   *   }
   * });
   * ```
   *
   * The result is the function's, after the locks were given back as far as Redis could be reached in time; what
   * could not be given back ends with its lease.
   *
   * @throws BusyError when somebody else has a lock for longer than `waitMs`
   * @throws LostError when a lease ended before the function did, unless that threw an error of its own
   * @throws NotReplicatedError, OutcomeUnknownError when a lock was taken or may have been; it is given back
   * @throws AbortedError when `signal` ended the waiting
   */
  using<Result>(
    keys: string | readonly string[],
    options: UsingOptions,
    work: (held: HeldLocks) => Promise<Result> | Result,
  ): Promise<Result>;
  /**
   * Takes one lock, to be renewed and released by hand. Fails as `using` does.
   *
   * ```ts
   * await using lock = await acme.locks.acquire("nightly", { leaseMs: 30_000 });
   * await write(page, lock.fence);
   * ```
   */
  acquire(key: string, options?: LockOptions): Promise<HeldLock>;
}

/** Locks of one tenant over its generated functions. */
export function createLocks(tenant: LockTenant): Locks {
  return {
    async using(keys, options, work) {
      if (typeof work !== "function") throw new ArgumentError("work", "a function");
      const terms = resolveLockOptions(options);
      const onLost = readFrom("options", () => options.onLost);
      const wanted = sortedKeys(keys, tenant.scope);
      const hold = new LeaseGroup({ signal: terms.signal, onLost });
      try {
        const patience = new WaitDeadline(terms.waitMs, hold.signal);
        for (const key of wanted) hold.add(await acquireLock(tenant, key, terms, patience));
        patience.check();
        const { signal, fences } = hold;
        const result = await work({ signal, fence: Math.max(...fences.values()), fences });
        if (hold.lost) throw hold.lost;
        return result;
      } catch (error) {
        throw hold.lost && isEffectOf(hold.lost, error) ? hold.lost : error;
      } finally {
        await hold.end();
      }
    },
    async acquire(key, options = {}) {
      const terms = resolveLockOptions(options);
      sortedKeys([key], tenant.scope);
      return handle(await acquireLock(tenant, key, terms, new WaitDeadline(terms.waitMs, terms.signal)));
    },
  };
}

/** Whether the error only says that a signal ended the work: ours, or Node's AbortError with the loss as its cause. */
function isEffectOf(lost: LostError, error: unknown): boolean {
  if (error instanceof AbortedError) return true;
  return error instanceof Error && error.name === "AbortError" && error.cause === lost;
}

function handle(lease: Lease): HeldLock {
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
      // An answer may come when the renewed lease is over as well.
      if (outcome === "lost" || lease.isOver) throw new LostError("the lock's lease is over");
    },
    release() {
      isReleased = true;
      return lease.release();
    },
    async [Symbol.asyncDispose]() {
      await lease.release().catch(() => {});
    },
  };
}
