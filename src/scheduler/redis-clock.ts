/**
 * An estimate of Redis's clock. It is never ahead of Redis, and behind by at most the time that the
 * reply needed to arrive.
 */
export class RedisClock {
  #offsetMs = 0;

  constructor(nowMs: number) {
    this.set(nowMs);
  }

  /** Call it as soon as the reply with Redis's time arrives. */
  set(nowMs: number): void {
    this.#offsetMs = nowMs - performance.now();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Math.floor(this.#offsetMs + performance.now());
  }
}
