import { describe, expect, test } from "vitest";
import { KeyBuckets } from "../../src/tuning/collect/key-buckets.js";
import { seededRandom } from "../../src/tuning/collect/random.js";
import { ArmsOfKeys } from "../../src/tuning/experiment/arms.js";
import { compareRatios, type RatioOfKeys } from "../../src/tuning/experiment/compare.js";
import { zipf } from "../support/tuning/simulation.js";

const KEYS = 2_000;
const REQUESTS = 20_000;

/**
 * An experiment over keys by Zipf's law whose hit rates differ. `lift` is added to those of the second arm.
 */
function experiment(seed: number, lift: number) {
  const random = seededRandom(seed);
  const arms = new ArmsOfKeys(`experiment-${seed}`, 2);
  const buckets = new KeyBuckets(arms.seed);
  const rates = Float64Array.from({ length: KEYS }, () => 0.2 + 0.6 * random());
  const draw = zipf(KEYS, 1, random);
  const counts = [
    { part: 0, whole: 0 },
    { part: 0, whole: 0 },
  ];
  for (let request = 0; request < REQUESTS; request++) {
    const key = draw();
    const name = `product:${key}`;
    const arm = arms.armOf("acme", name);
    const isHit = random() < (rates[key] ?? 0) + (arm === 1 ? lift : 0);
    buckets.request("acme", name, isHit ? "hit" : "miss");
    const count = counts[arm];
    if (!count) throw new Error("there are two arms");
    count.whole++;
    if (isHit) count.part++;
  }
  const groupsOf = (arm: number): RatioOfKeys[] =>
    arms.bucketsOf(arm).map((bucket) => ({
      part: buckets.sums.storedAnswers[bucket] ?? 0,
      whole: buckets.sums.requests[bucket] ?? 0,
    }));
  return { control: groupsOf(0), arm: groupsOf(1), counts };
}

/** Whether a test that takes requests for independent would claim a difference at 95 %. */
function naivelyDiffers([one, other]: readonly { part: number; whole: number }[]): boolean {
  if (!one || !other) throw new Error("there are two arms");
  const [a, b] = [one.part / one.whole, other.part / other.whole];
  const error = Math.sqrt((a * (1 - a)) / one.whole + (b * (1 - b)) / other.whole);
  return Math.abs(a - b) > 1.96 * error;
}

describe("the comparison of two arms", () => {
  test("claims a difference in 3 to 7 % of 1,000 experiments whose arms do the same", () => {
    let claimed = 0;
    let naive = 0;
    for (let seed = 1; seed <= 1_000; seed++) {
      const { control, arm, counts } = experiment(seed, 0);
      if (compareRatios(control, arm, seed).isClear) claimed++;
      if (naivelyDiffers(counts)) naive++;
    }
    console.log(`${claimed} of 1,000 A/A tests claim a difference; without groups of keys, ${naive} would`);
    expect(claimed).toBeGreaterThanOrEqual(30);
    expect(claimed).toBeLessThanOrEqual(70);
    // The control: requests of one key are alike, so a test over requests claims far too much.
    expect(naive).toBeGreaterThan(300);
  }, 120_000);

  test("finds a difference, and its interval holds the true one in most experiments", () => {
    let found = 0;
    let held = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { control, arm } = experiment(seed, 0.15);
      const difference = compareRatios(control, arm, seed);
      if (difference.isClear && difference.value > 0) found++;
      if (difference.low <= 0.15 && 0.15 <= difference.high) held++;
    }
    console.log(`${found} of 100 find it, ${held} hold it`);
    expect(found).toBeGreaterThan(60);
    expect(held).toBeGreaterThan(85);
  }, 60_000);

  test("claims nothing without requests, or with one group", () => {
    const none = [{ part: 0, whole: 0 }];
    expect(compareRatios(none, none, 1)).toEqual({ value: 0, low: 0, high: 0, isClear: false });
  });
});
