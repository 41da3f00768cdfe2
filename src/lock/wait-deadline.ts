import { Deadline, DeadlineReached } from "../client/call/call-state.js";
import { isAborted } from "../core/abort-signal.js";
import { AbortedError } from "../core/errors.js";
import { LONGEST_MS } from "./defaults.js";

/** How long somebody waits for locks, and what ends it early. */
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

  get isOver(): boolean {
    return this.remainingMs === 0;
  }

  /**
   * Whether the work ended within `limitMs`, and before the patience did.
   *
   * @throws AbortedError at once when the signal aborts, and what the work throws
   */
  async sees(work: Promise<unknown>, limitMs = LONGEST_MS): Promise<boolean> {
    try {
      await this.#race(work, Math.min(limitMs, this.remainingMs));
      return true;
    } catch (error) {
      if (error instanceof DeadlineReached) return false;
      throw error;
    }
  }

  /** The work's result, however long it takes; its limit is its own. `tooLate` gets one that nobody waits for. */
  async result<Result>(work: () => Promise<Result>, tooLate: (result: Result) => void): Promise<Result> {
    this.check();
    const result = work();
    try {
      return await this.#race(result, LONGEST_MS);
    } catch (error) {
      if (isAborted(this.#signal)) result.then(tooLate, () => {});
      throw error;
    }
  }

  /** @throws AbortedError when the signal has aborted */
  check(): void {
    if (isAborted(this.#signal)) throw new AbortedError(aborted);
  }

  async #race<Result>(work: Promise<Result>, limitMs: number): Promise<Result> {
    this.check();
    const limit = new Deadline(limitMs, this.#signal);
    try {
      return await limit.race(work);
    } catch (error) {
      throw error instanceof DeadlineReached && error.reason === "aborted"
        ? new AbortedError(aborted)
        : error;
    } finally {
      limit.release();
    }
  }
}

const aborted = "the wait for a lock was aborted";
