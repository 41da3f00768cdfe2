/** One reading of a key, from its sending to its storing. */
export interface Reading {
  readonly key: string;
  /** The key may have changed since the reading was sent, so the reply must not be stored. */
  isTainted: boolean;
}

/** The readings on their way, by key. */
export class Readings {
  readonly #byKey = new Map<string, Set<Reading>>();

  begin(key: string): Reading {
    const reading = { key, isTainted: false };
    const same = this.#byKey.get(key);
    if (same) same.add(reading);
    else this.#byKey.set(key, new Set([reading]));
    return reading;
  }

  end(reading: Reading): void {
    const same = this.#byKey.get(reading.key);
    if (!same?.delete(reading) || same.size > 0) return;
    this.#byKey.delete(reading.key);
  }

  /** A message for the key has come. */
  taint(key: string): void {
    for (const reading of this.#byKey.get(key) ?? []) reading.isTainted = true;
  }

  /** A connection was lost, or the server has forgotten what it tracks. */
  taintAll(): void {
    for (const same of this.#byKey.values()) for (const reading of same) reading.isTainted = true;
  }
}
