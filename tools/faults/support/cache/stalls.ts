const EVERY_MS = 5;

/**
 * The time in which this process did not run, because the machine had other work. It does not count
 * against a limit.
 */
export class Stalls {
  #totalMs = 0;
  #seenAt = performance.now();
  readonly #timer = setInterval(() => this.#note(), EVERY_MS);

  /** The sum since the start. */
  get totalMs(): number {
    this.#note();
    return this.#totalMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #note(): void {
    const now = performance.now();
    this.#totalMs += Math.max(0, now - this.#seenAt - EVERY_MS);
    this.#seenAt = now;
  }
}
