import { isAborted, listenForAbort, stopListening } from "../../core/abort-signal.js";
import { ReplyLostError } from "./failure.js";

/** Why a call ended before its answer came. */
export type EndReason = "deadline" | "aborted";

/** Thrown to the waiting call when its time is over; never leaves the client. */
export class DeadlineReached extends Error {
  constructor(readonly reason: EndReason) {
    super(reason);
  }
}

/** A deadline and an AbortSignal over one piece of work. `release` must follow in a `finally`. */
export class Deadline {
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.#finish("aborted");
  readonly #leaving: (() => void)[] = [];
  #reached: DeadlineReached | undefined;
  #reject: ((over: DeadlineReached) => void) | undefined;

  /** @throws ArgumentError when the signal refuses a listener */
  constructor(deadlineMs: number, signal?: AbortSignal) {
    if (signal) listenForAbort(signal, this.#onAbort);
    this.#endsAt = performance.now() + deadlineMs;
    this.#timer = setTimeout(() => this.#finish("deadline"), deadlineMs);
    this.#signal = signal;
    if (isAborted(signal)) this.#finish("aborted");
  }

  /** Why the time is over, or undefined while some is left. */
  get cancelled(): Error | undefined {
    return this.#reached;
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Called when the work has ended in any way: whoever it waits for lets go of it then. */
  whenReleased(leave: () => void): void {
    this.#leaving.push(leave);
  }

  /** The work's result, or `Over` when that comes first. A later result, also a rejection, is dropped. */
  race<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work.then(resolve, reject);
      if (this.#reached) reject(this.#reached);
    });
  }

  release(): void {
    clearTimeout(this.#timer);
    stopListening(this.#signal, this.#onAbort);
    for (const leave of this.#leaving.splice(0)) leave();
  }

  #finish(ending: EndReason): void {
    if (this.#reached) return;
    this.#reached = new DeadlineReached(ending);
    this.#reject?.(this.#reached);
  }
}

/** What is known of one call's way to Redis and back. */
export interface Delivery {
  /** The script was sent and nothing has come back yet. */
  pending: boolean;
  /** Some sending was never answered. */
  lost: boolean;
  /** The script was sent at least once. */
  sent: boolean;
  /** The script has answered; whether enough replicas have what it wrote is not known yet. */
  unconfirmed: boolean;
  /** How many replicas must have it, and how long they are waited for. */
  readonly replicas: Replicas | undefined;
  readonly remainingMs: number;
  /** Set when nobody waits for the answer any more: nothing may be sent from then on. */
  readonly cancelled: Error | undefined;
  /** Called when the call has ended in any way. */
  whenReleased(leave: () => void): void;
}

/** What a call asks of replication. */
export interface Replicas {
  readonly count: number;
  readonly waitMs: number;
}

/** One call under way: its limit and what is known of its delivery. */
export class CallState extends Deadline implements Delivery {
  pending = false;
  lost = false;
  sent = false;
  unconfirmed = false;
  replicas: Replicas | undefined;
  /** From then on the script may have forgotten that it ran; see `performance.now()`. */
  resendBefore = Number.POSITIVE_INFINITY;

  override get cancelled(): Error | undefined {
    const forgotten = this.lost && performance.now() >= this.resendBefore;
    return super.cancelled ?? (forgotten ? new ReplyLostError("too late to send it again") : undefined);
  }

  /** What Redis answered last when it refused to run anything for now. */
  refusal: Error | undefined;
}
