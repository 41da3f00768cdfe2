/** Keys that were added a short time ago. Above the bound, the oldest is forgotten. */
export class RecentKeys {
  readonly #ms: number;
  readonly #max: number;
  /** Until when each counts, in the time of `performance.now()`. */
  readonly #until = new Map<string, number>();

  constructor(ms: number, max: number) {
    this.#ms = ms;
    this.#max = max;
  }

  add(key: string): void {
    this.#until.delete(key);
    const [oldest] = this.#until.keys();
    if (this.#until.size >= this.#max && oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(key, performance.now() + this.#ms);
  }

  delete(key: string): void {
    this.#until.delete(key);
  }

  has(key: string): boolean {
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.#until.delete(key);
    return false;
  }
}
