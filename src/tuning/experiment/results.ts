import { hashOf } from "../collect/hash.js";
import { BUCKETS, type BucketSum, bucketSums, noBucketSums } from "../collect/key-buckets.js";
import type { Published } from "../fleet/published.js";
import type { ArmsOfKeys } from "./arms.js";
import { compareRatios, type Difference, type Ratio, type RatioOfKeys, ratioOf } from "./compare.js";

/** What is compared between arms. */
const ratios = {
  /** Requests that a stored value has answered, of all. */
  hitShare: ["storedAnswers", "requests"],
  /** Loads for each request. */
  loadsPerRequest: ["loads", "requests"],
  /** Milliseconds of loading for each request. Loads of `loadMany` count 0. */
  loadMsPerRequest: ["loadMs", "requests"],
} as const satisfies Readonly<Record<string, readonly [part: BucketSum, whole: BucketSum]>>;

export type ArmRatio = keyof typeof ratios;

/** One ratio of an arm. */
export interface ArmFigure extends Ratio {
  /** How it differs from the control, with an interval of 95 %; undefined for the control. */
  readonly difference: Difference | undefined;
}

/** The figures of one arm in all processes. */
export interface ArmResult {
  readonly arm: string;
  readonly isControl: boolean;
  readonly requests: number;
  readonly hitShare: ArmFigure;
  readonly loadsPerRequest: ArmFigure;
  readonly loadMsPerRequest: ArmFigure;
}

/** The results of an experiment, the control first. */
export function resultsOf(
  published: readonly Published[],
  pattern: string,
  experiment: string,
  arms: readonly string[],
  divided: ArmsOfKeys,
): readonly ArmResult[] {
  const sums = noBucketSums();
  const caches = published.flatMap((one) => one.caches);
  for (const { buckets } of caches.filter(
    (cache) => cache.pattern === pattern && cache.arm.startsWith(`${experiment}/`),
  )) {
    if (!buckets) continue;
    for (const name of bucketSums)
      for (let place = 0; place < BUCKETS; place++)
        sums[name][place] = (sums[name][place] ?? 0) + (buckets[name][place] ?? 0);
  }
  const groupsOf = (arm: number, ratio: ArmRatio): readonly RatioOfKeys[] => {
    const [part, whole] = ratios[ratio];
    return divided.bucketsOf(arm).map((bucket) => ({
      part: sums[part][bucket] ?? 0,
      whole: sums[whole][bucket] ?? 0,
    }));
  };
  return arms.map((arm, place) => {
    const figure = (ratio: ArmRatio): ArmFigure => {
      const groups = groupsOf(place, ratio);
      const difference =
        place === 0
          ? undefined
          : compareRatios(groupsOf(0, ratio), groups, hashOf(`${experiment}/${arm}/${ratio}`));
      return { ...ratioOf(groups), difference };
    };
    return {
      arm,
      isControl: place === 0,
      requests: groupsOf(place, "hitShare").reduce((sum, { whole }) => sum + whole, 0),
      hitShare: figure("hitShare"),
      loadsPerRequest: figure("loadsPerRequest"),
      loadMsPerRequest: figure("loadMsPerRequest"),
    };
  });
}
