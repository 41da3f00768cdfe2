import type { LostError } from "../core/errors.js";
import type { LockOptions } from "./options.js";

/** The options of `lock.using`. All may be left out. */
export interface UsingOptions extends LockOptions {
  /** Called once when a lock is lost. Errors that it throws are ignored. */
  readonly onLost?: ((error: LostError) => void) | undefined;
  /**
   * Ends the wait at once with AbortedError. Later it aborts the function's signal, with its own
   * reason.
   */
  readonly signal?: AbortSignal | undefined;
}

/** The locks that the function of `using` holds. */
export interface HeldLocks {
  /** Aborts with a LostError when a lock is lost, or with the caller's own signal. */
  readonly signal: AbortSignal;
  /** The fence of the only lock, or the highest of several. */
  readonly fence: number;
  /** The fence of each lock, by its key. */
  readonly fences: ReadonlyMap<string, number>;
  /**
   * Call it before each effect. It reads the clock, so it notices a lost lock even after the event
   * loop was blocked, when the signal has not aborted yet.
   *
   * @throws LostError if the lease of a lock has ended or is lost in Redis
   */
  throwIfLost(): void;
}

/** A lock that `acquire` returned. You renew and release it yourself. */
export interface HeldLock {
  readonly key: string;
  /** The holder's name. */
  readonly owner: string;
  /**
   * The lock's fence, which rises with each holder. Let the store refuse a lower fence than the
   * highest it has seen.
   */
  readonly fence: number;
  /** The milliseconds for which no other holder can have the lock; 0 if the lease has ended. */
  readonly leaseEndsInMs: number;
  /**
   * Renews the lease from now on, for `leaseMs`. After other errors than LostError, the old lease
   * continues.
   *
   * @throws LostError if another holder has the lock, or could have had it
   */
  renew(): Promise<void>;
  /**
   * Releases the lock. `lost`: the lease had ended, or a first attempt released it and its reply
   * was lost.
   */
  release(): Promise<"released" | "lost">;
  /**
   * Releases the lock, for `await using`. Never rejects: a lock that is not released ends with its
   * lease.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Locks of one tenant: `acme.lock`. */
export interface Lock {
  /**
   * Runs a function while this process holds one or several locks, and renews them meanwhile. Every
   * process acquires several locks in the same order, so no two wait for each other for ever.
   *
   * A process that was paused beyond its lease may write before it notices that. So let the store
   * refuse a `fence` that is lower than the highest it has seen.
   *
   * ```ts
   * await acme.lock.using("nightly", { leaseMs: 30_000, waitMs: 0 }, async ({ fence, throwIfLost }) => {
   *   for (const page of pages) {
   *     throwIfLost();
   *     await write(page, fence);
   *   }
   * });
   * ```
   *
   * Resolves with the function's result after the locks are released. A lock that could not be
   * released ends with its lease.
   *
   * @throws BusyError if another holder has a lock for longer than `waitMs`
   * @throws LostError if a lease ended before the function did, unless the function threw an error
   *   of its own
   * @throws NotReplicatedError, OutcomeUnknownError if a lock was or may have been acquired; it is
   *   released
   * @throws AbortedError if `signal` ended the wait
   */
  using<Result>(
    keys: string | readonly string[],
    options: UsingOptions,
    work: (held: HeldLocks) => Promise<Result> | Result,
  ): Promise<Result>;
  /**
   * Acquires one lock, which you renew and release yourself. It throws the same errors as `using`.
   *
   * ```ts
   * await using lock = await acme.lock.acquire("nightly", { leaseMs: 30_000 });
   * await write(order, lock.fence);
   * ```
   */
  acquire(key: string, options?: LockOptions): Promise<HeldLock>;
}
