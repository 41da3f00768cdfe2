import type { Listening } from "../client/index.js";
import { BusyError } from "../core/errors.js";
import { lockDefaults } from "./defaults.js";

/** Calls `wake` when a message comes on the channel, or may have been missed. */
export type Listen = (channel: string, wake: () => void) => Listening;

/**
 * Who waits in this process, in one line for each lock. Only the first of a line asks Redis, so a thousand who
 * wait cost as much as one. All locks of a client share this.
 */
export class WaitQueues {
  readonly #queues = new Map<string, WaitQueue>();
  readonly #listen: Listen;
  readonly #pollMs: number;

  /** `pollMs`: the first of a line asks at least so often, message or not. */
  constructor(listen: Listen, pollMs: number = lockDefaults.pollMs.value) {
    this.#listen = listen;
    this.#pollMs = pollMs;
  }

  /** A place at the end of the line. `leave` must follow in a `finally`. */
  join(channel: string): Waiter {
    const line = this.#queues.get(channel) ?? this.#open(channel);
    return line.join();
  }

  #open(channel: string): WaitQueue {
    const line = new WaitQueue(
      (wake) => this.#listen(channel, wake),
      this.#pollMs,
      () => this.#queues.delete(channel),
    );
    this.#queues.set(channel, line);
    return line;
  }
}

class WaitQueue {
  readonly #waiters = new Set<Waiter>();
  readonly #listen: (wake: () => void) => Listening;
  readonly #pollMs: number;
  readonly #close: () => void;
  #listening: Listening | undefined;
  #seen: { readonly holder: string; readonly endsAt: number } | undefined;
  #isWoken = false;
  #wake: (() => void) | undefined;
  /** Messages arrive, as far as anybody can tell. */
  isListening = false;

  constructor(listen: (wake: () => void) => Listening, pollMs: number, close: () => void) {
    this.#listen = listen;
    this.#pollMs = pollMs;
    this.#close = close;
  }

  join(): Waiter {
    const place = new Waiter(this);
    this.#waiters.add(place);
    if (this.#waiters.size === 1) place.begin();
    return place;
  }

  leave(place: Waiter): void {
    this.#waiters.delete(place);
    const [first] = this.#waiters;
    if (first) {
      first.begin();
    } else {
      this.#listening?.stop();
      this.#close();
    }
  }

  /** Subscribes; resolves when no release goes unheard any more. */
  async listen(): Promise<void> {
    this.#listening ??= this.#listen(() => {
      this.#isWoken = true;
      this.#wake?.();
    });
    await this.#listening.ready;
    this.isListening = true;
  }

  /** Forgets the messages before this, since what is asked now comes after them. */
  clearWake(): void {
    this.#isWoken = false;
  }

  /** Resolves at the next message; at once if one has come since `hush`. */
  nextWake(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#isWoken) resolve();
    });
  }

  saw(holder: string, leaseMs: number): void {
    this.#seen = { holder, endsAt: performance.now() + leaseMs };
  }

  /** Until it is worth asking again without a message: when the lease ends, but not too seldom. */
  get pauseMs(): number {
    // Jitter: the first of every process's line would ask in the same millisecond.
    return Math.min(this.#retryAfterMs ?? 0, this.#pollMs) * (1 + Math.random() / 10);
  }

  busy(): BusyError {
    return new BusyError("another holder has the lock", {
      holder: this.#seen?.holder,
      retryAfterMs: this.#retryAfterMs,
    });
  }

  get #retryAfterMs(): number | undefined {
    return this.#seen && Math.max(1, Math.ceil(this.#seen.endsAt - performance.now()));
  }
}

/** Somebody's place in a line. */
export class Waiter {
  /** Resolves when this is the first of the line. */
  readonly turn: Promise<void>;
  isFirst = false;
  #resolve: () => void = () => {};

  constructor(readonly queue: WaitQueue) {
    this.turn = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  begin(): void {
    this.isFirst = true;
    this.#resolve();
  }

  leave(): void {
    this.queue.leave(this);
  }
}
