import type { LostError } from "../core/errors.js";
import type { LockOptions } from "./options.js";

/** How `using` acquires its locks. All options may be left out. */
export interface UsingOptions extends LockOptions {
  /** Is called once when a lock is lost. What it throws is dropped. */
  readonly onLost?: ((error: LostError) => void) | undefined;
  /** Ends the wait at once with AbortedError. Later it aborts the function's signal, with its own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What the function of `using` receives. */
export interface HeldLocks {
  /** Aborts with a LostError when a lock is lost, or with the caller's own signal. */
  readonly signal: AbortSignal;
  /** The fence of the only lock, or the highest of several. */
  readonly fence: number;
  /** The fence of each lock, by its key. */
  readonly fences: ReadonlyMap<string, number>;
  /**
   * Call it before each effect. It reads the clock, so it notices a lost lock even after the event loop was blocked,
   * when the signal has not aborted yet.
   *
   * @throws LostError when the lease of a lock has ended, or Redis has said that it is lost
   */
  throwIfLost(): void;
}

/** A lock that `acquire` took. You renew and release it yourself. */
export interface HeldLock {
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
  /** For so many milliseconds nobody else can have the lock; 0 when the lease has ended. */
  readonly leaseEndsInMs: number;
  /**
   * Renews the lease from now on, for as long as the first.
   *
   * @throws LostError when another holder has it or could have had it; after other errors the old lease goes on
   */
  renew(): Promise<void>;
  /** `lost`: the lock was gone, or the reply to a first attempt was lost. */
  release(): Promise<"released" | "lost">;
  /** Releases it, for `await using`. Never rejects: an unreleased lock ends with its lease. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Locks of one tenant: `acme.lock`. */
export interface Lock {
  /**
   * Runs a function while this process holds one or several locks, and renews them meanwhile. Every process acquires
   * several locks in the same order, so no two wait for each other for ever.
   *
   * A holder that was paused beyond its lease cannot know it before it writes. So let the store refuse a `fence` that is
   * lower than the highest it has seen.
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
   * Resolves with the function's result after the locks are released. A lock that could not be released ends with its
   * lease.
   *
   * @throws BusyError when another holder has a lock for longer than `waitMs`
   * @throws LostError when a lease ended before the function did, unless the function threw an error of its own
   * @throws NotReplicatedError, OutcomeUnknownError when a lock was or may have been acquired; it is released
   * @throws AbortedError when `signal` ended the wait
   */
  using<Result>(
    keys: string | readonly string[],
    options: UsingOptions,
    work: (held: HeldLocks) => Promise<Result> | Result,
  ): Promise<Result>;
  /**
   * Acquires one lock, which you renew and release yourself. It fails as `using` does.
   *
   * ```ts
   * await using lock = await acme.lock.acquire("nightly", { leaseMs: 30_000 });
   * await write(page, lock.fence);
   * ```
   */
  acquire(key: string, options?: LockOptions): Promise<HeldLock>;
}
