import { hashOf } from "../collect/hash.js";
import { BUCKETS, bucketOf } from "../collect/key-buckets.js";
import { seededRandom, shuffle } from "../collect/random.js";

/**
 * Divides keys into arms by their hash. Every process divides them in the same way. Another name of the
 * experiment divides them in another way, so two experiments do not share their luck.
 */
export class ArmsOfKeys {
  /** Decides the group of a key. */
  readonly seed: number;
  /** The place of the arm of each group of keys. */
  readonly armOfBucket: readonly number[];

  constructor(experiment: string, arms: number) {
    this.seed = hashOf(experiment);
    const buckets = Array.from({ length: BUCKETS }, (_, place) => place % arms);
    shuffle(buckets, seededRandom(hashOf(experiment, 1)));
    this.armOfBucket = buckets;
  }

  /** The place of the arm of a key. */
  armOf(tenant: string, entry: string): number {
    return this.armOfBucket[bucketOf(tenant, entry, this.seed)] ?? 0;
  }

  /** The groups of keys of one arm. */
  bucketsOf(arm: number): readonly number[] {
    return this.armOfBucket.flatMap((of, bucket) => (of === arm ? [bucket] : []));
  }
}
