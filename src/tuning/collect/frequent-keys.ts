/** A key, and how often it was counted at least. */
export interface CountedKey {
  readonly key: string;
  readonly count: number;
}

/**
 * The most frequent keys of a stream, in bounded memory. The algorithm is that of Misra and Gries (Finding
 * repeated elements, 1982). Its form is that of Anderson and others (A high-performance algorithm for
 * identifying frequent items in data streams, 2017). It keeps at most `2 * maxKeys` counters. When all are
 * in use, each loses the median, and half of them leave. So a count is too low by at most `n / maxKeys`
 * after `n` additions. Sums of several are as good (Agarwal and others, Mergeable summaries, 2012). An
 * addition costs O(1) on average.
 */
export class FrequentKeys {
  readonly #maxKeys: number;
  #counts = new Map<string, number>();

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  add(key: string, count = 1): void {
    const known = this.#counts.get(key);
    this.#counts.set(key, (known ?? 0) + count);
    if (known === undefined && this.#counts.size > 2 * this.#maxKeys) this.#reduce();
  }

  /** The most frequent keys, the first ones first. */
  top(most: number): readonly CountedKey[] {
    return [...this.#counts]
      .map(([key, count]) => ({ key, count }))
      .sort((one, other) => other.count - one.count)
      .slice(0, most);
  }

  /** Halves all counts, so that what is frequent now passes what was frequent long ago. */
  halve(): void {
    const counts = new Map<string, number>();
    for (const [key, count] of this.#counts) if (count >= 2) counts.set(key, count / 2);
    this.#counts = counts;
  }

  #reduce(): void {
    const counts = Float64Array.from(this.#counts.values()).sort();
    const median = counts[counts.length >> 1] ?? 0;
    for (const [key, count] of this.#counts) {
      if (count <= median) this.#counts.delete(key);
      else this.#counts.set(key, count - median);
    }
  }
}
