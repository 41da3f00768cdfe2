import { addFigures, type Figures, noFigures, requestsOf, storedAnswersOf } from "../collect/figures.js";
import type { Published, PublishedCache } from "../fleet/published.js";
import { adviceOf } from "./advice.js";
import type { CacheReport } from "./cache-report.js";
import { type FreshModel, measured, modelOf } from "./model.js";

/** Figures of several processes. */
export interface MergedCache {
  readonly pattern: string;
  readonly arm: string;
  readonly freshMs: number;
  readonly processes: number;
  readonly collectedMs: number;
  readonly figures: Figures;
  readonly model: FreshModel;
  /** The share of unread ends that no other process has read either. */
  readonly trulyUnread: number;
}

/** The reports of all caches, those with the most requests first. */
export function reportOf(published: readonly Published[]): readonly CacheReport[] {
  const byName = new Map<string, PublishedCache[]>();
  for (const cache of published.flatMap(({ caches }) => caches)) {
    const name = `${cache.pattern} ${cache.arm}`;
    byName.set(name, [...(byName.get(name) ?? []), cache]);
  }
  return [...byName.values()]
    .flatMap((caches) => {
      const merged = mergedOf(caches);
      return merged ? [cacheReport(merged)] : [];
    })
    .sort((one, other) => other.requests - one.requests);
}

function mergedOf(caches: readonly PublishedCache[]): MergedCache | undefined {
  const [first] = caches;
  if (!first) return undefined;
  const figures = noFigures();
  for (const { recent } of caches) addFigures(figures, recent);
  const { pattern, arm, freshMs } = first;
  const unread = caches.flatMap((cache) => cache.unread);
  const read = new Set(caches.flatMap((cache) => cache.readOfOthers));
  return {
    pattern,
    arm,
    freshMs,
    processes: caches.length,
    collectedMs: Math.max(...caches.map(({ recentMs }) => recentMs)),
    figures,
    model: modelOf(figures, freshMs),
    trulyUnread: unread.length === 0 ? 1 : unread.filter((id) => !read.has(id)).length / unread.length,
  };
}

function cacheReport(merged: MergedCache): CacheReport {
  const { pattern, arm, freshMs, processes, collectedMs, figures, model, trulyUnread } = merged;
  const { counts, lists } = figures;
  const requests = requestsOf(figures);
  const hours = Math.max(collectedMs, 1) / 3_600_000;
  const report = {
    pattern,
    arm: arm === "" ? undefined : arm,
    freshMs,
    processes,
    collectedMs,
    requests,
    requestsPerHour: requests / hours,
    hitShare: shareOf(storedAnswersOf(figures), requests),
    ages: lists.ages,
    loads: counts.loads,
    loadsPerHour: counts.loads / hours,
    meanLoadMs: shareOf(counts.loadMs, counts.loads),
    comparedLoads: counts.compared,
    sameValueShare: shareOf(counts.unchanged, counts.compared),
    oldAnswerShare: measured(figures, model, freshMs, 0).oldShare,
    endedEntries: counts.ends,
    unreadShare: shareOf(counts.endsUnread, counts.ends) * trulyUnread,
    removedUnreadShare: shareOf(counts.endsEarlyUnread, counts.ends) * trulyUnread,
    meanBytes: shareOf(counts.fillBytes, counts.fills),
  };
  return { ...report, advice: adviceOf(report, figures, model) };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
