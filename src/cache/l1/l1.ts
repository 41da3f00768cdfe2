import { cacheDefaults as defaults } from "../defaults.js";
import { type Reading, Readings } from "./readings.js";
import type { L1Options, StoredValue, TagRecord, ValueStore } from "./values.js";

/** What L1 needs to know of the connections that keep it true. */
export interface Coherence {
  /** Whether messages arrive, as far as the last answered heartbeat shows. */
  isWorking(now: number): boolean;
}

/** Values and tokens in the memory of this process, which messages of the server keep true. */
export class L1 {
  readonly #values: ValueStore;
  readonly #sharing: L1Options["sharing"];
  readonly #coherence: Coherence;
  readonly #tags = new Map<string, TagRecord>();
  readonly readings = new Readings();

  constructor({ createValues, sharing }: L1Options, coherence: Coherence) {
    this.#values = createValues((value) => {
      value.isRemoved = true;
      value.onRemoved?.();
    });
    this.#sharing = sharing;
    this.#coherence = coherence;
  }

  /** What is stored under a key. The store keeps what was asked for last. */
  stored(key: string): StoredValue | undefined {
    return this.#values.get(key);
  }

  /** Whether a stored value is a hit now. */
  isHit(stored: StoredValue, now: number): boolean {
    if (stored.isRemoved || now >= stored.freshUntil || !this.#coherence.isWorking(now)) return false;
    const { tags, tokens } = stored;
    for (let place = 0; place < tags.length; place++) {
      if (tags[place]?.token !== tokens[place]) return false;
    }
    return true;
  }

  /** The answer of a stored value, if it is a hit now. */
  answerOf(stored: StoredValue, now: number): Promise<unknown> | undefined {
    if (!this.isHit(stored, now)) return undefined;
    return this.#sharing === "freeze" ? stored.answer : stored.answer.then(structuredClone);
  }

  /** The value for one of several callers that share a load. */
  shared<Value>(value: Value): Value {
    if (this.#sharing === "freeze") return value;
    try {
      return structuredClone(value);
    } catch {
      // It is no plain value, so L1 does not keep it either.
      return value;
    }
  }

  /**
   * Stores a value that a tracked reading has found, unless it may have changed since. `tokens` has the
   * tokens of its tags by their keys; `freshUntil` is in the time of `performance.now()`. With `isShared`,
   * all callers get this object, whatever the option `sharing` says.
   */
  put(
    reading: Reading,
    value: unknown,
    tokens: ReadonlyMap<string, string>,
    freshUntil: number,
    bytes: number,
    isShared = false,
  ): void {
    if (reading.isTainted || !this.#coherence.isWorking(performance.now())) return;
    const tags: TagRecord[] = [];
    for (const [key, token] of tokens) {
      const record = this.#tags.get(key);
      if (record?.token !== token) return;
      tags.push(record);
    }
    const kept = isShared || this.#sharing === "freeze" ? deeplyFrozen(value) : structuredClone(value);
    const stored: StoredValue = {
      answer: Promise.resolve(kept),
      value: kept,
      freshUntil,
      tags,
      tokens: [...tokens.values()],
      isRemoved: false,
      usedAt: 0,
      onRemoved: undefined,
    };
    this.#values.set(reading.key, stored, bytes + OVERHEAD_BYTES);
  }

  /** The token of a tag, while messages arrive. */
  tagOf(key: string): TagRecord | undefined {
    return this.#coherence.isWorking(performance.now()) ? this.#tags.get(key) : undefined;
  }

  /** Stores the token that a tracked reading has found, unless it may have changed since. */
  putTag(reading: Reading, token: string, clock: number | undefined): void {
    if (reading.isTainted || !this.#coherence.isWorking(performance.now())) return;
    const record = this.#tags.get(reading.key);
    if (record) {
      record.token = token;
      record.clock = clock;
      return;
    }
    if (this.#tags.size >= defaults.maxKnownTags.value) this.#forgetTags();
    this.#tags.set(reading.key, { token, clock });
  }

  /** The key may have changed: forgets what is stored of it, and what is on its way. */
  forget(key: string): void {
    this.readings.taint(key);
    this.#values.delete(key);
    const record = this.#tags.get(key);
    if (record === undefined) return;
    record.token = undefined;
    this.#tags.delete(key);
  }

  /** Messages may have been lost: forgets everything. */
  clear(): void {
    this.readings.taintAll();
    this.#values.clear();
    this.#forgetTags();
  }

  #forgetTags(): void {
    // Values hold the records, and must not be hits any more.
    for (const record of this.#tags.values()) record.token = undefined;
    this.#tags.clear();
  }
}

/** About what a value costs besides its bytes: the promise, the key, the lists, the name and its place. */
const OVERHEAD_BYTES = 600;

function deeplyFrozen(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  // Bytes cannot be frozen.
  if (ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deeplyFrozen(part);
  return value;
}
