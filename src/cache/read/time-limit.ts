/** The time that the calls to Redis for one caller may take together. */
export class TimeLimit {
  readonly #endsAt: number;

  constructor(ms: number) {
    this.#endsAt = performance.now() + ms;
  }

  /** At least 1, because a call needs a deadline. */
  get remainingMs(): number {
    return Math.max(1, this.#endsAt - performance.now());
  }
}
