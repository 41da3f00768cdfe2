/** Names that came up a short time ago, at most so many. */
export class RecentNames {
  readonly #forMs: number;
  readonly #max: number;
  readonly #seenMs = new Map<string, number>();

  constructor(forMs: number, max: number) {
    this.#forMs = forMs;
    this.#max = max;
  }

  /** Whether the name did not come up in this time. From now on it did. */
  isNew(name: string): boolean {
    const nowMs = performance.now();
    const seenMs = this.#seenMs.get(name);
    if (seenMs !== undefined && nowMs - seenMs < this.#forMs) return false;
    // Forgetting all of them costs one more look at each.
    if (this.#seenMs.size >= this.#max) this.#seenMs.clear();
    this.#seenMs.set(name, nowMs);
    return true;
  }
}
