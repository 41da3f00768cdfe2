import type { LostError } from "../core/errors.js";

/** The options of `limit.using`. Only `permits` is required. */
export interface PermitOptions {
  /** How many may hold a permit at the same time, in all processes: 1 to 1,000. */
  readonly permits: number;
  /** Milliseconds until the permit ends, unless renewed: 50 to 2,147,483,647. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /**
   * Milliseconds to wait while all permits are held. 0 tries once. Default 5,000. Each call to Redis
   * also has the client's `deadlineMs`.
   */
  readonly waitMs?: number | undefined;
  /**
   * Ends the wait at once with AbortedError. Later it aborts the function's signal, with its own
   * reason.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called once when the permit is lost. Errors that it throws are ignored. */
  readonly onLost?: ((error: LostError) => void) | undefined;
}

/** The permit that the function of `using` holds. */
export interface HeldPermit {
  /** Aborts with a LostError when the permit is lost, or with the caller's own signal. */
  readonly signal: AbortSignal;
  /** The number of the permit, from 0 to `permits` - 1. No other holder has it at the same time. */
  readonly permit: number;
  /**
   * The fence of this permit, which rises with each of its holders. Let the store refuse a lower
   * fence than the highest it has seen for this number.
   */
  readonly fence: number;
  /**
   * Call it before each effect. It reads the clock, so it notices a lost permit even after the event
   * loop was blocked, when the signal has not aborted yet.
   *
   * @throws LostError if the lease has ended or is lost in Redis
   */
  throwIfLost(): void;
}

/** Permits: at most N at the same time. */
export interface Using {
  /**
   * Runs a function while this process holds one of a limited number of permits, and renews it
   * meanwhile. Callers that wait ask again after some time; they have no order.
   *
   * ```ts
   * await acme.limit.using("labels", { permits: 3 }, async ({ signal }) => {
   *   await fetch(`https://printer.example/labels/${order.product}`, { signal });
   * });
   * ```
   *
   * Resolves with the function's result after the permit was given back. A permit that could not be
   * given back ends with its lease.
   *
   * @throws BusyError if all permits are held for longer than `waitMs`
   * @throws LostError if the lease ended before the function did, unless the function threw an error
   *   of its own
   * @throws OutcomeUnknownError if a permit may have been acquired; it is given back
   * @throws AbortedError if `signal` ended the wait
   */
  using<Result>(
    name: string,
    options: PermitOptions,
    work: (held: HeldPermit) => Promise<Result> | Result,
  ): Promise<Result>;
}
