/**
 * Keeps a value for each of the most frequent keys, in bounded memory: the space-saving algorithm of
 * Metwally, Agrawal and El Abbadi (2005). A new key takes the place of the least frequent one, and its
 * count. So a key with more than 1/capacity of all uses is never missing.
 */
export class Busiest<Value> {
  readonly #capacity: number;
  readonly #create: () => Value;
  readonly #replaced: (value: Value) => void;
  readonly #entries = new Map<string, { uses: number; readonly value: Value }>();

  /** @param replaced receives the value of a key whose place was taken */
  constructor(capacity: number, create: () => Value, replaced: (value: Value) => void) {
    this.#capacity = capacity;
    this.#create = create;
    this.#replaced = replaced;
  }

  /** Counts one use of the key, and returns its value. */
  use(key: string): Value {
    const known = this.#entries.get(key);
    if (known) {
      known.uses++;
      return known.value;
    }
    const entry = { uses: this.#freePlace() + 1, value: this.#create() };
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** The keys with their values, the most frequent ones first. */
  top(): readonly (readonly [key: string, value: Value])[] {
    return [...this.#entries]
      .sort(([, one], [, other]) => other.uses - one.uses)
      .map(([key, { value }]) => [key, value] as const);
  }

  /** Makes room for one key. Returns the uses of the key that had the place. */
  #freePlace(): number {
    if (this.#entries.size < this.#capacity) return 0;
    let least: string | undefined;
    let uses = Number.POSITIVE_INFINITY;
    for (const [key, entry] of this.#entries) {
      if (entry.uses >= uses) continue;
      least = key;
      uses = entry.uses;
    }
    const entry = least === undefined ? undefined : this.#entries.get(least);
    if (least === undefined || entry === undefined) return 0;
    this.#entries.delete(least);
    this.#replaced(entry.value);
    return entry.uses;
  }
}
