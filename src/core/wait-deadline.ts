import { isAborted } from "./abort-signal.js";
import { Deadline, WaitEnded } from "./deadline.js";
import { AbortedError } from "./errors.js";
import { MAX_TIMER_MS } from "./limits.js";

/** How long a caller waits for a lock or a permit, and the signal that ends the wait early. */
export class WaitDeadline {
  readonly #endsAt: number;
  readonly #signal: AbortSignal | undefined;

  constructor(waitMs: number, signal: AbortSignal | undefined) {
    this.#endsAt = performance.now() + waitMs;
    this.#signal = signal;
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  get hasPassed(): boolean {
    return this.remainingMs === 0;
  }

  /**
   * Whether the work ends within `limitMs` and before the deadline.
   *
   * @throws AbortedError at once when the signal aborts, and the errors of the work
   */
  async endsInTime(work: Promise<unknown>, limitMs = MAX_TIMER_MS): Promise<boolean> {
    try {
      await this.#race(work, Math.min(limitMs, this.remainingMs));
      return true;
    } catch (error) {
      if (error instanceof WaitEnded) return false;
      throw error;
    }
  }

  /**
   * The work's result. Only the signal ends the wait early, because the work has a time limit of
   * its own. `onLate` receives a result that came after the signal had aborted.
   */
  async resultOf<Result>(work: () => Promise<Result>, onLate: (result: Result) => void): Promise<Result> {
    this.throwIfAborted();
    const result = work();
    try {
      return await this.#race(result, MAX_TIMER_MS);
    } catch (error) {
      if (isAborted(this.#signal)) result.then(onLate, () => {});
      throw error;
    }
  }

  /** @throws AbortedError if the signal has aborted */
  throwIfAborted(): void {
    if (isAborted(this.#signal)) throw new AbortedError(ABORTED);
  }

  async #race<Result>(work: Promise<Result>, limitMs: number): Promise<Result> {
    this.throwIfAborted();
    const deadline = new Deadline(limitMs, this.#signal);
    try {
      return await deadline.race(work);
    } catch (error) {
      const isAbort = error instanceof WaitEnded && error.reason === "aborted";
      throw isAbort ? new AbortedError(ABORTED) : error;
    } finally {
      deadline.release();
    }
  }
}

const ABORTED = "the wait was aborted";
