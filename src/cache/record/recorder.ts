import type { CacheStatus } from "../../client/index.js";
import type { FoundEntry } from "../read/lookup.js";

/** The limits in which a tuner may change the fresh time of a cache. */
export interface FreshLimits {
  /** Milliseconds: the shortest fresh time. */
  readonly minFreshMs: number;
  /** Milliseconds: the longest fresh time. */
  readonly maxFreshMs: number;
  /**
   * How many milliseconds of loading one old answer costs. An old answer is a hit after the source has
   * changed. With 0, only loads count, so the fresh time rises.
   */
  readonly oldAnswerCostMs: number;
}

/** A cache whose entries are recorded. */
export interface RecordedCache {
  readonly pattern: string;
  /** The fresh time of the definition, in milliseconds. */
  readonly freshMs: number;
  readonly staleMs: number;
  /** Undefined: nothing may change the fresh time. */
  readonly limits: FreshLimits | undefined;
}

/** A tenant, as far as a recorder needs it. */
export interface RecordedTenant {
  readonly tenant: string;
  /** The values of L1; undefined without L1. */
  readonly values: { storedOf(name: string): { readonly freshUntil: number } | undefined } | undefined;
}

/** A value that a load has stored. */
export interface RecordedFill {
  readonly fillId: string;
  /** Milliseconds for which it is fresh. */
  readonly freshMs: number;
  /** The codec and the compression, as the header has them. */
  readonly coding: string;
  readonly value: Uint8Array;
  /** The loader has returned `UNCHANGED`. */
  readonly isUnchanged: boolean;
  /** The stored bytes of the entry that it replaces; undefined if the load did not know one. */
  readonly old: Buffer | undefined;
}

/**
 * Records what happens to the entries of one cache. Each call is synchronous and never throws. Calls for
 * hits must be cheap.
 */
export interface EntryRecorder {
  /** The fresh time of new entries, in milliseconds. */
  readonly freshMs: number;
  /** A reading has an answer. `hit` and `l1Hit` are called in place of it, where more is known. */
  request(tenant: string, entry: string, status: CacheStatus): void;
  /** L1 has answered. */
  l1Hit(tenant: RecordedTenant, entry: string): void;
  /** An entry of Redis has answered. */
  hit(tenant: string, entry: string, status: "hit" | "stale", found: FoundEntry, freshForMs: number): void;
  /** A load has ended. `durationMs` is 0 for an entry of a batch, because `batchLoaded` has its time. */
  loaded(tenant: string, entry: string, durationMs: number): void;
  /** One call for several entries has ended. */
  batchLoaded(durationMs: number): void;
  /** The value of a load is stored. */
  filled(tenant: string, entry: string, fill: RecordedFill): void;
}

/** Makes the recorders of caches. */
export interface CacheRecorder {
  /** @throws ArgumentError if a cache of the same pattern is recorded already */
  recorderOf(cache: RecordedCache): EntryRecorder;
}
