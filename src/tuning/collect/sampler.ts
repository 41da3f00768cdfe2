/**
 * Chooses one of `every` events on average. The distance to the next one is random, so that a pattern of
 * calls that repeats is not missed. An event that is not chosen costs one subtraction.
 */
export class Sampler {
  readonly every: number;
  readonly #random: () => number;
  #left: number;

  constructor(every: number, random: () => number = Math.random) {
    this.every = every;
    this.#random = random;
    this.#left = this.#distance();
  }

  isNext(): boolean {
    if (--this.#left > 0) return false;
    this.#left = this.#distance();
    return true;
  }

  /** From 1 to `2 * every - 1`, each as often. */
  #distance(): number {
    return 1 + Math.floor(this.#random() * (2 * this.every - 1));
  }
}
