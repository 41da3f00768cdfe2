/**
 * Stops calls to a Redis that does not answer. After some failures in a row only one call at a time
 * asks Redis, and the others are answered at once. Its first answer starts all calls again.
 */
export class Circuit {
  readonly #maxFailures: number;
  #failures = 0;
  #isProbing = false;

  constructor(maxFailures: number) {
    this.#maxFailures = maxFailures;
  }

  /** The result of the call; undefined, without a call, while another one asks Redis. */
  async run<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
    const isProbe = this.#failures >= this.#maxFailures;
    if (isProbe && this.#isProbing) return undefined;
    if (isProbe) this.#isProbing = true;
    try {
      return await call();
    } finally {
      if (isProbe) this.#isProbing = false;
    }
  }

  /** Redis has answered, with a reply or with an error of its own. */
  noteAnswer(): void {
    this.#failures = 0;
  }

  /** Redis has not answered in time. */
  noteFailure(): void {
    this.#failures++;
  }
}
