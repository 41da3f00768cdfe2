import { number } from "../progress.js";
import { shopPatterns } from "../shop/cache/patterns.js";
import type { CacheCounts } from "../shop/cache/shop-cache.js";
import { type KindName, kindNames } from "./mix.js";
import type { BrowseResult } from "./run.js";

/** The claims of the seeds, as the least parts in percent. */
export const CLAIMS = { queries: 85, offerQueries: 94, p50: 70 } as const;

/** The median and the 95th percentile, in milliseconds. */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export function percentilesOf(latenciesMs: readonly number[]): Percentiles {
  const sorted = [...latenciesMs].sort((one, other) => one - other);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}

export function allLatenciesOf({ load }: BrowseResult): number[] {
  return [...load.latenciesMs.values()].flat();
}

/** Statements of the run, with those of the warm-up. */
export function queriesOf({ queries: { warmUp, run } }: BrowseResult) {
  return { all: warmUp.all + run.all, offers: warmUp.offers + run.offers };
}

/** The lines about one run. */
export function describeRun(result: BrowseResult, name: string): string[] {
  const { load, elapsedMs, queries, unanswered } = result;
  const latencies = allLatenciesOf(result);
  const { p50Ms, p95Ms } = percentilesOf(latencies);
  const all = queriesOf(result);
  const seconds = (elapsedMs / 1_000).toFixed(1);
  return [
    `${name}: ${number(load.requests)} requests in ${seconds} s, p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, ${number(load.failed)} failed`,
    `${number(all.all)} database queries, ${number(all.offers)} of them about offers; the warm-up made ${number(queries.warmUp.all)}`,
    ...(unanswered === 0
      ? []
      : [`Redis did not answer ${number(unanswered)} calls in time, so the database did`]),
    describeStale(result),
    ...describeHits(result),
  ];
}

export function describeStale({ load }: BrowseResult): string {
  const { stale, staleShown, written, compared } = load;
  const counts = `${number(stale)} stale: ${number(compared)} versions compared after ${number(written)} writes`;
  return [counts, ...staleShown.map((line) => `  ${line}`)].join("\n");
}

function describeHits({ caches, load, statusChanges }: BrowseResult): string[] {
  const rate = (patterns: readonly string[]) => hitRate(patterns.map((pattern) => caches.get(pattern)));
  const { product, details, list, categoryList, search, session, cart } = shopPatterns;
  const named = { product, details, search, session, cart };
  const rates = Object.entries(named).map(([name, { pattern }]) => `${name} ${rate([pattern])}`);
  return [
    `hits: all ${rate([...caches.keys()])}, ${rates.join(", ")}`,
    `lists: hits ${rate([list.pattern, categoryList.pattern])} while ${number(load.unitsSold)} units were sold; ${number(statusChanges)} changes of a status ended lists, no unit did`,
  ];
}

/** The part of the readings that did not ask the database. */
function hitRate(counted: readonly (CacheCounts | undefined)[]): string {
  const reads = counted.reduce((sum, one) => sum + (one?.reads ?? 0), 0);
  const misses = counted.reduce((sum, one) => sum + (one?.misses ?? 0), 0);
  return reads === 0 ? "0 %" : `${(100 - (100 * misses) / reads).toFixed(1)} %`;
}

/** What the caches save: the same requests without and with them. */
export function compareRuns(off: BrowseResult, on: BrowseResult): string[] {
  const [offAll, onAll] = [percentilesOf(allLatenciesOf(off)), percentilesOf(allLatenciesOf(on))];
  const [offQueries, onQueries] = [queriesOf(off), queriesOf(on)];
  return [
    row("", "cache off", "cache on", "less", "the seeds say"),
    row(
      "Database queries",
      number(offQueries.all),
      number(onQueries.all),
      ...saved(offQueries.all, onQueries.all, CLAIMS.queries),
    ),
    row(
      "  about offers",
      number(offQueries.offers),
      number(onQueries.offers),
      ...saved(offQueries.offers, onQueries.offers, CLAIMS.offerQueries),
    ),
    row("p50", ms(offAll.p50Ms), ms(onAll.p50Ms), ...saved(offAll.p50Ms, onAll.p50Ms, CLAIMS.p50)),
    row("p95", ms(offAll.p95Ms), ms(onAll.p95Ms), savedPart(offAll.p95Ms, onAll.p95Ms)),
    "",
    row("Requests", "number", "p50 off", "p50 on", "less"),
    ...kindNames.flatMap((kind) => compareKind(kind, off, on)),
  ];
}

function compareKind(kind: KindName, off: BrowseResult, on: BrowseResult): string[] {
  const [without = [], withCache = []] = [off.load.latenciesMs.get(kind), on.load.latenciesMs.get(kind)];
  if (without.length === 0) return [];
  const [{ p50Ms: offMs }, { p50Ms: onMs }] = [percentilesOf(without), percentilesOf(withCache)];
  return [row(`  ${kind}`, number(without.length), ms(offMs), ms(onMs), savedPart(offMs, onMs))];
}

function saved(off: number, on: number, leastPercent: number): [string, string] {
  return [savedPart(off, on), `${leastPercent} %`];
}

function savedPart(off: number, on: number): string {
  return `${savedPercent(off, on).toFixed(1)} %`;
}

/** How much less it is, in percent. */
export function savedPercent(off: number, on: number): number {
  return off === 0 ? 0 : 100 - (100 * on) / off;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function row(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(20)}${cells.map((cell) => cell.padStart(15)).join("")}`.trimEnd();
}
