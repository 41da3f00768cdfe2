import { type ByteReads, UnavailableError } from "../../client/index.js";
import type { Circuit } from "../../core/circuit.js";
import { isAway } from "./is-away.js";

/** So many keys leave at once. It is small, so that the server works while others are asked for. */
const MAX_ENTRIES = 32;

/** Reads keys of one server. */
export type ReadBytes = (keys: readonly string[]) => Promise<ByteReads | undefined>;

/** Readings of several callers, which leave in one command at the end of the tick. */
export class SharedRead {
  readonly #keys: string[] = [];
  readonly #places = new Map<string, number>();
  /** Empty for a tag without a token. */
  readonly #tokens = new Map<string, string>();
  #values: readonly (Buffer | null)[] = [];
  #resolve: (isRead: boolean) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  /** How many entries it reads. */
  entries = 0;
  /** Whether there are replies; see `answered`. */
  isRead = false;
  /** When it was sent, in the time of `performance.now()`. */
  sentAt = 0;
  /** Redis's clock after the reading. */
  nowMs = 0;
  /** Its end. `false`: scripts must read. Rejects if Redis does not answer in time. */
  readonly answered = new Promise<boolean>((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });

  constructor(readonly timeoutMs: number) {}

  /** Adds a key. Callers may add the same one. */
  add(key: string): void {
    if (this.#places.has(key)) return;
    this.#places.set(key, this.#keys.push(key) - 1);
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** The value of a key, after the answer; null if there is none. */
  valueOf(key: string): Buffer | null {
    return this.#values[this.#places.get(key) ?? -1] ?? null;
  }

  /** The token of a tag, by its key; undefined if it has none. */
  tokenOf(key: string): string | undefined {
    const known = this.#tokens.get(key);
    if (known !== undefined) return known || undefined;
    const value = this.valueOf(key);
    const token = value?.toString("latin1", 0, Math.max(0, value.indexOf(SPACE))) ?? "";
    this.#tokens.set(key, token);
    return token || undefined;
  }

  /** Sends it, and returns whether it was read. Never rejects. */
  async send(read: ReadBytes, circuit: Circuit): Promise<boolean> {
    const { timeoutMs } = this;
    this.sentAt = performance.now();
    // Nobody may be waiting.
    this.answered.catch(() => {});
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      circuit.noteFailure(timeoutMs);
      this.#reject(new UnavailableError("Redis did not answer in time"));
    }, timeoutMs);
    try {
      const asked = await circuit.run(timeoutMs, async () => ({ reply: await read(this.#keys) }));
      if (!asked) {
        this.#reject(new CircuitOpen());
        return true;
      }
      if (asked.reply) {
        circuit.noteAnswer(performance.now() - this.sentAt);
        this.#values = asked.reply.values;
        this.nowMs = asked.reply.nowMs;
        this.isRead = true;
      }
      this.#resolve(asked.reply !== undefined);
      return asked.reply !== undefined;
    } catch (error) {
      // One reading is one failure.
      if (!isLate && isAway(error)) circuit.noteFailure(timeoutMs);
      this.#reject(error);
      return true;
    } finally {
      clearTimeout(timer);
    }
  }
}

const SPACE = 0x20;

/** Redis is not asked, because it has not answered before. */
export class CircuitOpen extends Error {}

/** When the readings of a tick are sent. */
export type Gathering = "tick" | "loop";

/**
 * Gathers the readings of the callers of one tick. With `loop`, also those of the other events that have come
 * with it, such as requests of several connections: the reading is sent when all of them were handled.
 */
export class SharedReads {
  readonly #read: ReadBytes;
  readonly #circuit: Circuit;
  /** Those that are not sent, by timeout. */
  readonly #open = new Map<number, SharedRead>();
  /** Those of this tick, by entry: its callers share one, also after it was sent. */
  readonly #ofTick = new Map<string, SharedRead>();
  /** Until then, scripts read: the server has refused this. In the time of `performance.now()`. */
  #refusedUntil = 0;
  readonly #sendAll = () => {
    for (const reading of this.#open.values()) this.#send(reading);
    this.#open.clear();
    this.#ofTick.clear();
  };

  readonly #gathering: Gathering;

  constructor(read: ReadBytes, circuit: Circuit, gathering: Gathering = "tick") {
    this.#read = read;
    this.#circuit = circuit;
    this.#gathering = gathering;
  }

  /** The reading of an entry, with the keys of its tags; undefined if scripts must read. */
  of(key: string, everyKey: string, tagKeys: readonly string[], timeoutMs: number): SharedRead | undefined {
    const known = this.#ofTick.get(key);
    if (known?.timeoutMs === timeoutMs && known.has(everyKey) && tagKeys.every((tag) => known.has(tag)))
      return known;
    const reading = this.next(timeoutMs);
    if (!reading) return undefined;
    reading.add(key);
    reading.add(everyKey);
    for (const tag of tagKeys) reading.add(tag);
    this.#ofTick.set(key, reading);
    return reading;
  }

  /** The next reading that is sent. */
  next(timeoutMs: number): SharedRead | undefined {
    if (this.#refusedUntil > 0 && performance.now() < this.#refusedUntil) return undefined;
    let reading = this.#open.get(timeoutMs);
    if (reading && reading.entries >= MAX_ENTRIES) {
      this.#send(reading);
      reading = undefined;
    }
    if (!reading) {
      if (this.#open.size === 0) {
        if (this.#gathering === "loop") setImmediate(this.#sendAll);
        else process.nextTick(this.#sendAll);
      }
      reading = new SharedRead(timeoutMs);
      this.#open.set(timeoutMs, reading);
    }
    reading.entries++;
    return reading;
  }

  #send(reading: SharedRead): void {
    reading.send(this.#read, this.#circuit).then((isRead) => {
      this.#refusedUntil = isRead ? 0 : performance.now() + REFUSED_MS;
    });
  }
}

const REFUSED_MS = 1_000;
