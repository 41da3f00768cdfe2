import { defaults } from "../defaults.js";

/**
 * When calls need not wait for the end of the turn. If the server has little to do, it can run some of
 * them while this process makes the next ones.
 */
export class EarlyStart {
  readonly #isCluster: boolean;
  /** Calls that were made since calls were sent. */
  #gathered = 0;
  /** So many calls need not wait for others. */
  #enough: number = defaults.minEarlyCalls.value;

  constructor(isCluster: boolean) {
    this.#isCluster = isCluster;
  }

  /**
   * A call was made. Returns whether enough calls wait now.
   *
   * @param unanswered the calls that the server has
   */
  isEnoughWith(unanswered: number): boolean {
    this.#gathered++;
    return this.#gathered >= this.#enough && unanswered < defaults.maxIdleCalls.value;
  }

  /**
   * Calls are sent. Half of those that leave together are enough the next time. Then callers that go on
   * together become two groups. On a cluster, a batch has few calls anyway.
   */
  sent(): void {
    const { minEarlyCalls, maxEarlyCalls } = defaults;
    const half = this.#isCluster ? 0 : this.#gathered >> 1;
    this.#enough = Math.min(Math.max(half, minEarlyCalls.value), maxEarlyCalls.value);
    this.#gathered = 0;
  }
}
