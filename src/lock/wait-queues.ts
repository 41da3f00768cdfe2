import type { Listening } from "../client/index.js";
import { BusyError } from "../core/errors.js";
import { lockDefaults } from "./defaults.js";

/** Calls `wake` for every message on the channel, and after a reconnect. */
export type Listen = (channel: string, wake: () => void) => Listening;

/**
 * The callers of this process that wait for locks, one queue for each lock. Only the first caller
 * of a queue calls Redis, so a thousand waiters cost as much as one. All tenants of a client share
 * one instance.
 */
export class WaitQueues {
  readonly #queues = new Map<string, WaitQueue>();
  readonly #listen: Listen;
  readonly #pollMs: number;

  /** `pollMs`: the longest time between two calls of the first caller, if no message arrives. */
  constructor(listen: Listen, pollMs: number = lockDefaults.pollMs.value) {
    this.#listen = listen;
    this.#pollMs = pollMs;
  }

  /** Adds a waiter at the end of the queue. Call its `leave` in a `finally`. */
  join(channel: string): Waiter {
    const queue = this.#queues.get(channel) ?? this.#open(channel);
    return queue.join();
  }

  #open(channel: string): WaitQueue {
    const queue = new WaitQueue(
      (wake) => this.#listen(channel, wake),
      this.#pollMs,
      () => this.#queues.delete(channel),
    );
    this.#queues.set(channel, queue);
    return queue;
  }
}

class WaitQueue {
  readonly #waiters = new Set<Waiter>();
  readonly #listen: (wake: () => void) => Listening;
  readonly #pollMs: number;
  readonly #close: () => void;
  #listening: Listening | undefined;
  #lastSeen: { readonly holder: string; readonly endsAt: number } | undefined;
  #isWoken = false;
  #wake: (() => void) | undefined;
  /** Whether messages arrive, as far as this process knows. */
  isListening = false;

  constructor(listen: (wake: () => void) => Listening, pollMs: number, close: () => void) {
    this.#listen = listen;
    this.#pollMs = pollMs;
    this.#close = close;
  }

  join(): Waiter {
    const waiter = new Waiter(this);
    this.#waiters.add(waiter);
    if (this.#waiters.size === 1) waiter.becomeFirst();
    return waiter;
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    const [first] = this.#waiters;
    if (first) {
      first.becomeFirst();
    } else {
      this.#listening?.stop();
      this.#close();
    }
  }

  /** Subscribes to releases of the lock. Resolves when messages arrive. */
  async listen(): Promise<void> {
    this.#listening ??= this.#listen(() => {
      this.#isWoken = true;
      this.#wake?.();
    });
    await this.#listening.ready;
    this.isListening = true;
  }

  /** Discards earlier messages, because the next request to Redis comes after them. */
  clearWake(): void {
    this.#isWoken = false;
  }

  /** Resolves at the next message, or at once if one has arrived since `clearWake`. */
  nextWake(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#isWoken) resolve();
    });
  }

  /** Records the holder that Redis named. */
  noteHolder(holder: string, leaseMs: number): void {
    this.#lastSeen = { holder, endsAt: performance.now() + leaseMs };
  }

  /**
   * Milliseconds until the next request without a message: until the lease ends, and at most
   * `pollMs`.
   */
  get pollDelayMs(): number {
    // Without jitter, the first waiters of all processes would call Redis in the same millisecond.
    return Math.min(this.#retryAfterMs ?? 0, this.#pollMs) * (1 + Math.random() / 10);
  }

  busyError(): BusyError {
    return new BusyError("another holder has the lock", {
      holder: this.#lastSeen?.holder,
      retryAfterMs: this.#retryAfterMs,
    });
  }

  get #retryAfterMs(): number | undefined {
    return this.#lastSeen && Math.max(1, Math.ceil(this.#lastSeen.endsAt - performance.now()));
  }
}

/** One caller in a queue. */
export class Waiter {
  /** Resolves when this waiter is the first of the queue. */
  readonly turn: Promise<void>;
  isFirst = false;
  #resolve: () => void = () => {};

  constructor(readonly queue: WaitQueue) {
    this.turn = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  becomeFirst(): void {
    this.isFirst = true;
    this.#resolve();
  }

  leave(): void {
    this.queue.leave(this);
  }
}
