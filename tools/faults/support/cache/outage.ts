/** The entries of the processes, each with its tenant. The last one is invalidated with its tenant. */
export const ENTRIES: readonly { readonly tenant: string; readonly entry: string }[] = [
  ...Array.from({ length: 12 }, (_, number) => ({ tenant: "shop", entry: `row-${number}` })),
  { tenant: "whole", entry: "row" },
];

/** The time that Redis may take for a call, by default. */
export const CACHE_TIMEOUT_MS = 250;
/** How many loads of a process may run at once. */
export const MAX_LOADS = 8;

/** A message of the run to a process. */
export type ToReader =
  /** Begins to call, or answers what was seen since. */
  | { readonly kind: "phase" }
  /** Changes its entries, and invalidates them. */
  | { readonly kind: "change" }
  /** Many callers of cold entries. */
  | { readonly kind: "burst" }
  /** Answers when all entries have these versions and are stored. From then on, no older one may come. */
  | { readonly kind: "recover"; readonly versions: readonly number[] }
  | { readonly kind: "end" };

/** The answer of a process to each message but the last one. */
export interface Phase {
  calls: number;
  /** Calls over their limit. */
  late: number;
  /** The slowest call, without the time in which its process did not run. */
  slowestMs: number;
  stale: number;
  failed: number;
  /** The most loads that ran at once. */
  maxLoading: number;
  /** Rejections that nobody handled. */
  unhandled: number;
  /** Invalidations that were not confirmed, and those that were. */
  pending: number;
  done: number;
  /** The time of a recovery, counted in the same way. */
  recoveredMs: number;
}

/** Nothing was seen. */
export function newPhase(): Phase {
  return {
    calls: 0,
    late: 0,
    slowestMs: 0,
    stale: 0,
    failed: 0,
    maxLoading: 0,
    unhandled: 0,
    pending: 0,
    done: 0,
    recoveredMs: 0,
  };
}

/** What several processes or phases have seen together. */
export function together(phases: readonly Phase[]): Phase {
  const all = newPhase();
  for (const phase of phases) {
    all.calls += phase.calls;
    all.late += phase.late;
    all.stale += phase.stale;
    all.failed += phase.failed;
    all.unhandled += phase.unhandled;
    all.pending += phase.pending;
    all.done += phase.done;
    all.slowestMs = Math.max(all.slowestMs, phase.slowestMs);
    all.maxLoading = Math.max(all.maxLoading, phase.maxLoading);
    all.recoveredMs = Math.max(all.recoveredMs, phase.recoveredMs);
  }
  return all;
}
