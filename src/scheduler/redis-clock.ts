/** Redis's clock as far as this process knows it: never ahead of it, and behind by no more than an answer's way. */
export class RedisClock {
  #offsetMs = 0;

  constructor(nowMs: number) {
    this.set(nowMs);
  }

  /** Redis has just said what time it was when it answered. */
  set(nowMs: number): void {
    this.#offsetMs = nowMs - performance.now();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Math.floor(this.#offsetMs + performance.now());
  }
}
