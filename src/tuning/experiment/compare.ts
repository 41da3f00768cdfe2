import { seededRandom } from "../collect/random.js";

/** The sums of one group of keys: `part` of `whole`, such as loads of requests. */
export interface RatioOfKeys {
  readonly part: number;
  readonly whole: number;
}

/** The ratio of one arm, and its standard error. */
export interface Ratio {
  readonly value: number;
  readonly standardError: number;
}

/** How the ratio of one arm differs from that of another. */
export interface Difference {
  /** The ratio of the arm, less that of the control. */
  readonly value: number;
  /** The interval of 95 % for the difference. */
  readonly low: number;
  readonly high: number;
  /** Whether the interval leaves out 0. */
  readonly isClear: boolean;
}

const PERMUTATIONS = 999;
const CONFIDENCE = 0.95;

/**
 * The ratio of sums over groups of keys. The requests of one key are alike, so the error is computed over
 * groups of keys and not over requests. It is the delta method for ratios of clusters (Deng, Knoblich and
 * Lu, Applying the delta method in metric analytics, 2018).
 */
export function ratioOf(groups: readonly RatioOfKeys[]): Ratio {
  let [part, whole] = [0, 0];
  for (const group of groups) {
    part += group.part;
    whole += group.whole;
  }
  if (whole === 0 || groups.length < 2) return { value: 0, standardError: 0 };
  const value = part / whole;
  let squares = 0;
  for (const group of groups) squares += (group.part - value * group.whole) ** 2;
  return { value, standardError: Math.sqrt((squares * groups.length) / (groups.length - 1)) / whole };
}

/**
 * Compares an arm with the control. A few hot keys may have most requests, and then no formula says how far
 * apart two equal arms are by chance. So the groups of keys are divided again, 999 times at random. The
 * interval has the width that 95 % of these divisions stay within, in standard errors: a studentized
 * permutation test (Chung and Romano, Exact and asymptotically robust permutation tests, 2013). If the arms
 * do the same, it leaves out 0 in 5 % of all experiments.
 */
export function compareRatios(
  control: readonly RatioOfKeys[],
  arm: readonly RatioOfKeys[],
  seed: number,
): Difference {
  const value = ratioOf(arm).value - ratioOf(control).value;
  const error = errorOf(control, arm);
  if (error === 0) return { value, low: value, high: value, isClear: false };
  const random = seededRandom(seed);
  const all = [...control, ...arm];
  const distances = new Float64Array(PERMUTATIONS);
  for (let permutation = 0; permutation < PERMUTATIONS; permutation++) {
    chooseFirst(all, control.length, random);
    const [one, other] = [all.slice(0, control.length), all.slice(control.length)];
    const permuted = errorOf(one, other);
    distances[permutation] =
      permuted === 0 ? 0 : Math.abs(ratioOf(other).value - ratioOf(one).value) / permuted;
  }
  distances.sort();
  const reach = (distances[Math.ceil(CONFIDENCE * (PERMUTATIONS + 1)) - 1] ?? 0) * error;
  return { value, low: value - reach, high: value + reach, isClear: Math.abs(value) > reach };
}

function errorOf(one: readonly RatioOfKeys[], other: readonly RatioOfKeys[]): number {
  return Math.hypot(ratioOf(one).standardError, ratioOf(other).standardError);
}

/** Moves `count` random groups to the start. */
function chooseFirst(all: RatioOfKeys[], count: number, random: () => number): void {
  for (let place = 0; place < count; place++) {
    const from = place + Math.floor(random() * (all.length - place));
    const [one, other] = [all[place], all[from]];
    if (!one || !other) continue;
    all[place] = other;
    all[from] = one;
  }
}
