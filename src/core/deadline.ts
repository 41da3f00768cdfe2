import { isAborted, listenForAbort, stopListening } from "./abort-signal.js";

/** Why work ended before its result came. */
export type EndReason = "deadline" | "aborted";

/**
 * Rejects the waiting call when its deadline has passed or its signal has aborted. Callers never
 * receive it.
 */
export class WaitEnded extends Error {
  constructor(readonly reason: EndReason) {
    super(reason);
  }
}

/** A deadline and an AbortSignal for one piece of work. Call `release` in a `finally`. */
export class Deadline {
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  #onRelease: (() => void)[] | undefined;
  #ended: WaitEnded | undefined;
  #reject: ((ended: WaitEnded) => void) | undefined;
  /** The last error of a connection that the work has waited for. */
  connectionError: Error | undefined;

  /** @throws ArgumentError if the signal refuses a listener */
  constructor(deadlineMs: number, signal?: AbortSignal) {
    if (signal) {
      this.#onAbort = () => this.#end("aborted");
      listenForAbort(signal, this.#onAbort);
    }
    this.#endsAt = performance.now() + deadlineMs;
    this.#timer = setTimeout(() => this.#end("deadline"), deadlineMs);
    this.#signal = signal;
    if (isAborted(signal)) this.#end("aborted");
  }

  /** Why the work has ended; undefined while it may go on. */
  get endedBy(): Error | undefined {
    return this.#ended;
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Registers a function that is called when the work has ended, in any way. */
  whenReleased(onRelease: () => void): void {
    this.#onRelease ??= [];
    this.#onRelease.push(onRelease);
  }

  /**
   * The work's result, or a rejection with WaitEnded if that comes first. A later result is
   * dropped.
   */
  race<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work.then(resolve, reject);
      if (this.#ended) reject(this.#ended);
    });
  }

  release(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort) stopListening(this.#signal, this.#onAbort);
    for (const onRelease of this.#onRelease?.splice(0) ?? []) onRelease();
  }

  #end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = new WaitEnded(reason);
    this.#reject?.(this.#ended);
  }
}
