import type { Cache, Moonpath } from "../../../../src/index.js";

/** What a load returns. */
export interface Row {
  readonly version: number;
}

/** A message of the run to a process with callers. */
export type ToCallers =
  | {
      readonly kind: "round";
      readonly entry: string;
      /** So many call at once. */
      readonly callers: number;
      /** Others follow until the round ends. Their loader adds a tag. */
      readonly isOpen: boolean;
      /** The load with this number waits for `release`. */
      readonly waitingLoad: number;
    }
  /** The load that waits returns. */
  | { readonly kind: "release" }
  /** `isSoft`: old values may still be answered. */
  | { readonly kind: "endRound"; readonly isSoft: boolean }
  | { readonly kind: "end" };

/** A message of such a process. */
export type FromCallers =
  | { readonly kind: "ready" }
  /** A load has read the source, and waits for `release`. */
  | { readonly kind: "loading" }
  | { readonly kind: "ended"; readonly result: RoundResult };

/** What the callers of a process saw in a round. */
export interface RoundResult {
  readonly calls: number;
  /** Answers with an older version than was confirmed before the call. */
  readonly stale: number;
  readonly failed: number;
  /** Whether the process still answered an old version long after the round. */
  readonly isStillOld: boolean;
}

/** The tags of an entry: one that callers know, and one that the loader adds. */
export const knownTagOf = (entry: string): string => `known-${entry}`;
export const ADDED_TAG = "added";

/** Reads rows through a cache. Limits are long, because thousands of callers share two cores. */
export function rowsCache(
  moonpath: Moonpath,
  load: (entry: string, tag: (name: string) => void) => Promise<Row>,
  loaderTags: boolean,
): Cache<{ readonly entry: string | number }, Row> {
  return moonpath.cache({
    pattern: "row:<entry>",
    freshMs: 600_000,
    staleMs: 60_000,
    earlyRefresh: 0,
    cacheTimeoutMs: 20_000,
    loadTimeoutMs: 60_000,
    maxLoads: 1_000,
    loaderTags,
    tags: ({ entry }) => [knownTagOf(String(entry))],
    load: ({ entry }, context) => load(String(entry), (name) => context.tag(name)),
  });
}
