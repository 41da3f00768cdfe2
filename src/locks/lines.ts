import { BusyError } from "../client/errors.js";
import type { Listening } from "../client/index.js";
import { lockDefaults } from "./defaults.js";

/** Calls `wake` when a message comes on the channel, or may have been missed. */
export type Listen = (channel: string, wake: () => void) => Listening;

/**
 * Who waits in this process, in one line for each lock. Only the first of a line asks Redis, so a thousand who
 * wait cost as much as one. All locks of a client share this.
 */
export class Lines {
  readonly #lines = new Map<string, Line>();
  readonly #listen: Listen;
  readonly #pollMs: number;

  /** `pollMs`: the first of a line asks at least so often, message or not. */
  constructor(listen: Listen, pollMs: number = lockDefaults.pollMs.value) {
    this.#listen = listen;
    this.#pollMs = pollMs;
  }

  /** A place at the end of the line. `leave` must follow in a `finally`. */
  join(channel: string): Place {
    const line = this.#lines.get(channel) ?? this.#open(channel);
    return line.join();
  }

  #open(channel: string): Line {
    const line = new Line(
      (wake) => this.#listen(channel, wake),
      this.#pollMs,
      () => this.#lines.delete(channel),
    );
    this.#lines.set(channel, line);
    return line;
  }
}

class Line {
  readonly #places = new Set<Place>();
  readonly #listen: (wake: () => void) => Listening;
  readonly #pollMs: number;
  readonly #close: () => void;
  #listening: Listening | undefined;
  #seen: { readonly holder: string; readonly endsAt: number } | undefined;
  #rung = false;
  #ring: (() => void) | undefined;
  /** Messages arrive, as far as anybody can tell. */
  isListening = false;

  constructor(listen: (wake: () => void) => Listening, pollMs: number, close: () => void) {
    this.#listen = listen;
    this.#pollMs = pollMs;
    this.#close = close;
  }

  join(): Place {
    const place = new Place(this);
    this.#places.add(place);
    if (this.#places.size === 1) place.begin();
    return place;
  }

  leave(place: Place): void {
    this.#places.delete(place);
    const [first] = this.#places;
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
      this.#rung = true;
      this.#ring?.();
    });
    await this.#listening.ready;
    this.isListening = true;
  }

  /** Forgets the messages before this, since what is asked now comes after them. */
  hush(): void {
    this.#rung = false;
  }

  /** Resolves at the next message; at once if one has come since `hush`. */
  rung(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve;
      if (this.#rung) resolve();
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
export class Place {
  /** Resolves when this is the first of the line. */
  readonly turn: Promise<void>;
  isFirst = false;
  #resolve: () => void = () => {};

  constructor(readonly line: Line) {
    this.turn = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  begin(): void {
    this.isFirst = true;
    this.#resolve();
  }

  leave(): void {
    this.line.leave(this);
  }
}
