/** The time that the calls to Redis for one caller may take together. */
export class TimeLimit {
  readonly #endsAt: number;

  /** @param beganAt in the time of `performance.now()` */
  constructor(ms: number, beganAt = performance.now()) {
    this.#endsAt = beganAt + ms;
  }

  /** At least 1, because a call needs a deadline. */
  get remainingMs(): number {
    return Math.max(1, this.#endsAt - performance.now());
  }
}
