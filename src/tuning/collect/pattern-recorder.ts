import { createHash } from "node:crypto";
import {
  type EntryRecorder,
  type FoundEntry,
  freshUntilOf,
  headerOf,
  type RecordedCache,
  type RecordedFill,
  type RecordedTenant,
} from "../../cache/index.js";
import type { CacheStatus } from "../../client/index.js";
import { addAt, type CountName, type Figures, halfOctaveOf, noFigures } from "./figures.js";
import type { FrequentKeys } from "./frequent-keys.js";
import type { KeyBuckets } from "./key-buckets.js";
import { RecentIds } from "./recent-ids.js";
import type { Sampler } from "./sampler.js";
import { type TrackedKey, TrackedKeys } from "./tracked-keys.js";

const countOf: Readonly<Record<CacheStatus, CountName>> = {
  l1_hit: "l1Hits",
  hit: "hits",
  stale: "staleHits",
  miss: "misses",
  joined: "joined",
  bypass: "bypasses",
};

/** An entry that ends with more than this part of its fresh time left has ended early. */
const EARLY_PART = 0.1;
/** The weight of one load in the average of requests between loads. */
const LOAD_WEIGHT = 0.1;
/** The place of stale hits among the ages. */
const STALE_AGE = 10;

/** What the recorders of a process share. */
export interface RecorderParts {
  readonly sampler: Sampler;
  /** Undefined: the hottest keys are not counted. */
  readonly frequent: FrequentKeys | undefined;
  readonly maxTrackedKeys: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Counts what happens to the entries of one cache. */
export class PatternRecorder implements EntryRecorder {
  readonly cache: RecordedCache;
  readonly figures: Figures = noFigures();
  /** Totals of groups of keys, for an experiment. */
  readonly buckets: KeyBuckets | undefined;
  freshMs: number;
  readonly #parts: RecorderParts;
  readonly #tracked: TrackedKeys;
  /** The last entries of this process that ended unread, as far as it knows. */
  readonly unread = new RecentIds(32);
  /** The last entries of other processes that this one has read. */
  readonly readOfOthers = new RecentIds(64);

  constructor(cache: RecordedCache, parts: RecorderParts, buckets?: KeyBuckets) {
    this.cache = cache;
    this.freshMs = cache.freshMs;
    this.buckets = buckets;
    this.#parts = parts;
    this.#tracked = new TrackedKeys(parts.maxTrackedKeys, parts.now);
  }

  request(tenant: string, entry: string, status: CacheStatus): void {
    this.figures.counts[countOf[status]]++;
    this.buckets?.request(tenant, entry, status);
    if (this.#parts.sampler.isNext()) this.#countKey(tenant, entry);
    const key = this.#key(tenant, entry);
    if (!key) return;
    key.requests++;
    if (status === "hit" || status === "stale") key.reads++;
  }

  l1Hit({ tenant, values }: RecordedTenant, entry: string): void {
    const { sampler } = this.#parts;
    this.figures.counts.l1Hits++;
    this.buckets?.request(tenant, entry, "l1_hit");
    if (!sampler.isNext()) return;
    this.#countKey(tenant, entry);
    const freshUntil = values?.storedOf(entry)?.freshUntil;
    if (freshUntil !== undefined) this.#age(freshUntil - performance.now());
    const key = this.#key(tenant, entry);
    if (!key) return;
    // It stands for the hits that were not sampled.
    key.requests += sampler.every;
    key.reads += sampler.every;
  }

  hit(tenant: string, entry: string, status: "hit" | "stale", found: FoundEntry, freshForMs: number): void {
    this.figures.counts[countOf[status]]++;
    this.buckets?.request(tenant, entry, status);
    if (this.#parts.sampler.isNext()) {
      this.#countKey(tenant, entry);
      if (status === "stale") addAt(this.figures.lists.ages, STALE_AGE, 1);
      else this.#age(freshForMs);
    }
    const key = this.#key(tenant, entry);
    if (!key) return;
    const { fillId, coding, valueAt } = found.header;
    if (key.fillId !== fillId) {
      const now = this.#parts.now();
      this.#end(key, now, false);
      const filledAt = now + freshForMs - this.freshMs;
      this.readOfOthers.add(fillId);
      this.#begin(key, fillId, digestOf(coding, found.stored.subarray(valueAt)), filledAt, now + freshForMs);
    }
    key.requests++;
    key.reads++;
  }

  loaded(tenant: string, entry: string, durationMs: number): void {
    this.figures.counts.loads++;
    this.figures.counts.loadMs += durationMs;
    this.buckets?.loaded(tenant, entry, durationMs);
    const key = this.#key(tenant, entry);
    if (!key) return;
    const { cycleLoads, cycleRequests } = this.figures.lists;
    key.loads++;
    key.cycleRequests = Math.max(1, key.requests);
    key.requests = 0;
    key.requestsPerLoad += Math.max(LOAD_WEIGHT, 1 / key.loads) * (key.cycleRequests - key.requestsPerLoad);
    const place = halfOctaveOf(key.requestsPerLoad);
    addAt(cycleLoads, place, 1);
    addAt(cycleRequests, place, key.requestsPerLoad);
  }

  batchLoaded(durationMs: number): void {
    this.figures.counts.loadMs += durationMs;
  }

  filled(tenant: string, entry: string, fill: RecordedFill): void {
    const { counts } = this.figures;
    counts.fills++;
    counts.fillBytes += fill.value.length;
    const now = this.#parts.now();
    const key = this.#key(tenant, entry);
    if (!key) {
      if (fill.old) this.#compareOld(fill, fill.old);
      return;
    }
    const digest = digestOf(fill.coding, fill.value);
    const isReplaced = fill.old !== undefined;
    if (key.fillId !== "" && (isReplaced || !this.#isEarly(key, now)))
      this.#compared(fill.isUnchanged || digest === key.digest, now - key.filledAt, key.cycleRequests);
    else if (fill.old) this.#compareOld(fill, fill.old);
    this.#end(key, now, isReplaced);
    this.#begin(key, fill.fillId, digest, now, now + fill.freshMs);
    key.isOwn = true;
  }

  /** Counts entries that have ended, and forgets keys that are not used any more. */
  sweep(): void {
    const now = this.#parts.now();
    for (const key of this.#tracked.values()) {
      if (key.isOwn && now >= key.keepUntil) this.#end(key, now, true);
    }
    this.#tracked.dropUnused(now - 2 * (this.freshMs + this.cache.staleMs) - KEEP_UNUSED_MS);
  }

  #key(tenant: string, entry: string): TrackedKey | undefined {
    return this.#tracked.get(tenant, entry);
  }

  #countKey(tenant: string, entry: string): void {
    this.#parts.frequent?.add(`${tenant}\0${entry}`);
  }

  #age(freshForMs: number): void {
    const part = 1 - freshForMs / this.freshMs;
    addAt(this.figures.lists.ages, Math.min(STALE_AGE - 1, Math.floor(part * STALE_AGE)), 1);
  }

  #isEarly(key: TrackedKey, now: number): boolean {
    return now < key.freshUntil - EARLY_PART * (key.freshUntil - key.filledAt);
  }

  /** @param isReplaced it was not removed: its value is older, or its time has ended */
  #end(key: TrackedKey, now: number, isReplaced: boolean): void {
    if (!key.isOwn) return;
    key.isOwn = false;
    const { counts } = this.figures;
    const isUnread = key.reads === 0;
    counts.ends++;
    if (isUnread) {
      counts.endsUnread++;
      this.unread.add(key.fillId);
    }
    if (isReplaced || !this.#isEarly(key, now)) return;
    counts.endsEarly++;
    if (isUnread) counts.endsEarlyUnread++;
  }

  #begin(key: TrackedKey, fillId: string, digest: string, filledAt: number, freshUntil: number): void {
    key.fillId = fillId;
    key.digest = digest;
    key.filledAt = filledAt;
    key.freshUntil = freshUntil;
    key.keepUntil = freshUntil + this.cache.staleMs;
    key.reads = 0;
  }

  /** Compares with the entry in Redis. Its age is by Redis's clock, which is near this one. */
  #compareOld({ coding, value, isUnchanged }: RecordedFill, old: Buffer): void {
    const header = headerOf(old);
    const freshUntil = freshUntilOf(old);
    if (!header || freshUntil === undefined) return;
    const isSame = isUnchanged || (header.coding === coding && old.subarray(header.valueAt).equals(value));
    this.#compared(isSame, Date.now() - freshUntil + this.freshMs, 1);
  }

  #compared(isSame: boolean, gapMs: number, requests: number): void {
    const { counts, lists } = this.figures;
    counts.compared++;
    if (isSame) counts.unchanged++;
    const place = halfOctaveOf(gapMs);
    addAt(lists.gapRequests, place, requests);
    if (!isSame) addAt(lists.gapChanged, place, requests);
  }
}

const KEEP_UNUSED_MS = 60_000;

function digestOf(coding: string, value: Uint8Array): string {
  return createHash("sha1").update(coding).update(value).digest("base64").slice(0, 16);
}
