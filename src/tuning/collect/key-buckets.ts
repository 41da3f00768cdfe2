import type { CacheStatus } from "../../client/index.js";
import { entryHashOf } from "./hash.js";

/** Keys are divided into so many groups by their hash. */
export const BUCKETS = 256;

/** What is summed for each group of keys. */
export const bucketSums = ["requests", "storedAnswers", "loads", "loadMs"] as const;

export type BucketSum = (typeof bucketSums)[number];

/** The sums of all groups of keys, by what is summed. */
export type BucketSums = Readonly<Record<BucketSum, number[]>>;

export function noBucketSums(): BucketSums {
  const sums = () => new Array<number>(BUCKETS).fill(0);
  return { requests: sums(), storedAnswers: sums(), loads: sums(), loadMs: sums() };
}

/** The group of a key. Another seed makes other groups. */
export function bucketOf(tenant: string, entry: string, seed: number): number {
  return entryHashOf(tenant, entry, seed) % BUCKETS;
}

/** Sums for each group of keys of an experiment. */
export class KeyBuckets {
  readonly sums: BucketSums = noBucketSums();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  request(tenant: string, entry: string, status: CacheStatus): void {
    const bucket = bucketOf(tenant, entry, this.#seed);
    this.#add("requests", bucket, 1);
    if (status === "hit" || status === "l1_hit" || status === "stale") this.#add("storedAnswers", bucket, 1);
  }

  loaded(tenant: string, entry: string, durationMs: number): void {
    const bucket = bucketOf(tenant, entry, this.#seed);
    this.#add("loads", bucket, 1);
    this.#add("loadMs", bucket, durationMs);
  }

  #add(name: BucketSum, bucket: number, value: number): void {
    const list = this.sums[name];
    list[bucket] = (list[bucket] ?? 0) + value;
  }
}
