import type { L1 } from "./l1.js";
import type { StoredValue } from "./values.js";

/** A hit tells the store at most so often that the value is used. Telling it costs more than the rest. */
const USED_EVERY_MS = 100;

/**
 * The hits of one tenant in L1, by the names of their entries: to make and hash a whole key for each hit
 * takes three times as long.
 */
export class TenantValues {
  readonly #l1: L1;
  readonly #keyOf: (name: string) => string;
  /** Each is in the store too, and leaves with it. */
  readonly #byName = new Map<string, StoredValue>();

  constructor(l1: L1, keyOf: (name: string) => string) {
    this.#l1 = l1;
    this.#keyOf = keyOf;
  }

  /** The value of an entry, if it is a hit. */
  answerOf(name: string): Promise<unknown> | undefined {
    const now = performance.now();
    const stored = this.#storedOf(name, now);
    return stored && this.#l1.answerOf(stored, now);
  }

  /** The same, as it is stored. */
  storedOf(name: string): StoredValue | undefined {
    const now = performance.now();
    const stored = this.#storedOf(name, now);
    return stored && this.#l1.isHit(stored, now) ? stored : undefined;
  }

  #storedOf(name: string, now: number): StoredValue | undefined {
    let stored = this.#byName.get(name);
    if (stored === undefined || now - stored.usedAt >= USED_EVERY_MS) stored = this.#ask(name, now);
    return stored;
  }

  #ask(name: string, now: number): StoredValue | undefined {
    const stored = this.#l1.stored(this.#keyOf(name));
    if (stored === undefined) return undefined;
    stored.usedAt = now;
    if (stored.onRemoved === undefined) {
      this.#byName.set(name, stored);
      stored.onRemoved = () => {
        if (this.#byName.get(name) === stored) this.#byName.delete(name);
      };
    }
    return stored;
  }
}
