import type { Random } from "../random.js";

/**
 * Ranks by Zipf's law: rank r (from 0) is chosen in proportion to 1 / (r + 1)^exponent. With exponent 1,
 * the first of 1,500 gets 13 % of all choices.
 */
export class Zipf {
  readonly #cumulative: readonly number[];

  constructor(size: number, exponent = 1) {
    const weights = Array.from({ length: size }, (_, rank) => (rank + 1) ** -exponent);
    this.#cumulative = cumulativeShares(weights);
  }

  pick(random: Random): number {
    return pickShare(this.#cumulative, random.next());
  }
}

/** The sums of the weights so far, as parts of 1. */
export function cumulativeShares(weights: readonly number[]): readonly number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight / whole;
    return sum;
  });
}

/** The first place whose cumulative share is above `share` (0..1), by binary search. */
export function pickShare(cumulative: readonly number[], share: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) <= share) low = middle + 1;
    else high = middle;
  }
  return low;
}
