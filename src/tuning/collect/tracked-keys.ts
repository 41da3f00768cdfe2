import { entryHashOf } from "./hash.js";

/** What is known of one key. Times are those of the recorder's clock. */
export interface TrackedKey {
  readonly hash: number;
  /** The present entry; empty if none is known. */
  fillId: string;
  /** A digest of its coded value. */
  digest: string;
  filledAt: number;
  freshUntil: number;
  keepUntil: number;
  /** This process has filled it. */
  isOwn: boolean;
  /** Readings that it has answered in this process. */
  reads: number;
  /** Requests since the last load. */
  requests: number;
  /** Requests between the last load and the one before. */
  cycleRequests: number;
  /** The average of that number over the last loads. */
  requestsPerLoad: number;
  loads: number;
  usedAt: number;
}

const ALL_HASHES = 2 ** 32;

/**
 * Follows a bounded number of keys closely. It takes the keys with the lowest hashes, so each process takes
 * nearly the same ones. Each key is as likely to be taken, whether it is hot or not. This is SHARDS with a
 * fixed size (Waldspurger and others, Efficient MRC construction with SHARDS, 2015).
 */
export class TrackedKeys {
  readonly #maxKeys: number;
  readonly #now: () => number;
  readonly #keys = new Map<number, TrackedKey>();
  #threshold = ALL_HASHES;

  constructor(maxKeys: number, now: () => number) {
    this.#maxKeys = maxKeys;
    this.#now = now;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The key of an entry; undefined if it is not one of those that are followed. */
  get(tenant: string, entry: string): TrackedKey | undefined {
    const hash = entryHashOf(tenant, entry);
    if (hash >= this.#threshold) return undefined;
    const known = this.#keys.get(hash);
    if (known) {
      known.usedAt = this.#now();
      return known;
    }
    const key: TrackedKey = {
      hash,
      fillId: "",
      digest: "",
      filledAt: 0,
      freshUntil: 0,
      keepUntil: 0,
      isOwn: false,
      reads: 0,
      requests: 0,
      cycleRequests: 1,
      requestsPerLoad: 0,
      loads: 0,
      usedAt: this.#now(),
    };
    this.#keys.set(hash, key);
    if (this.#keys.size > this.#maxKeys) this.#dropHighest();
    return this.#keys.get(hash);
  }

  values(): IterableIterator<TrackedKey> {
    return this.#keys.values();
  }

  /** Forgets keys that nobody has used since, and takes more keys if there is room. */
  dropUnused(since: number): void {
    for (const [hash, { usedAt }] of this.#keys) if (usedAt < since) this.#keys.delete(hash);
    if (this.#keys.size < this.#maxKeys / 2) this.#threshold = Math.min(ALL_HASHES, this.#threshold * 2);
  }

  #dropHighest(): void {
    let highest = 0;
    for (const hash of this.#keys.keys()) if (hash > highest) highest = hash;
    this.#keys.delete(highest);
    this.#threshold = highest;
  }
}
