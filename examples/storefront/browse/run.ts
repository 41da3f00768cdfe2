import type { CacheCounts } from "../shop/cache/shop-cache.js";
import { warmUp } from "../shop/cache/warm-up.js";
import type { OpenShop } from "../shop/open.js";
import type { QueryCounts } from "./counted-pool.js";
import { fillShop, runName } from "./fill.js";
import { BrowseClient } from "./http.js";
import { type LoadResult, type LoadSize, sendAll } from "./load.js";
import { planRequests } from "./plan.js";

/** The size of a run. */
export interface BrowseOptions extends LoadSize {
  readonly seed: number;
  readonly products: number;
}

/** What one run has found. */
export interface BrowseResult {
  readonly load: LoadResult;
  /** The time from the first request to the last reply. */
  readonly elapsedMs: number;
  /** Statements of the warm-up and of the run, of requests and of background jobs. */
  readonly queries: { readonly warmUp: QueryCounts; readonly run: QueryCounts };
  /** Entries that were asked for during the run, and those that a loader was asked for. */
  readonly caches: ReadonlyMap<string, CacheCounts>;
  /** Calls of the caches that Redis did not answer in time. */
  readonly unanswered: number;
  /** Changes of a product's status that reached the catalogue. */
  readonly statusChanges: number;
}

/** Fills the shop, warms its caches up, and sends the requests of the plan. */
export async function browse(
  shop: OpenShop,
  counts: QueryCounts,
  { seed, products, ...size }: BrowseOptions,
  signal: AbortSignal,
): Promise<BrowseResult> {
  await fillShop(shop, seed, products);
  const atFirst = { ...counts };
  if (shop.caches.isOn) await warmUp(shop.catalogue, shop.books, signal);
  const warm = { ...counts };
  const cachesBefore = copyOf(shop.caches.counts);
  const unansweredBefore = shop.caches.unanswered;
  const statusBefore = shop.statusChanges.written;

  const client = new BrowseClient(shop, size.visitors);
  const startedMs = performance.now();
  try {
    const plan = planRequests({ seed, products, run: runName() });
    const load = await sendAll(plan, client, size, signal);
    const elapsedMs = performance.now() - startedMs;
    return {
      load,
      elapsedMs,
      queries: { warmUp: difference(warm, atFirst), run: difference(counts, warm) },
      caches: new Map(
        [...shop.caches.counts].map(([pattern, counted]) => [
          pattern,
          since(counted, cachesBefore.get(pattern)),
        ]),
      ),
      unanswered: shop.caches.unanswered - unansweredBefore,
      statusChanges: shop.statusChanges.written - statusBefore,
    };
  } finally {
    client.close();
  }
}

function copyOf(counts: ReadonlyMap<string, Readonly<CacheCounts>>): Map<string, CacheCounts> {
  return new Map([...counts].map(([pattern, one]) => [pattern, { ...one }]));
}

function since(
  { reads, misses, loads }: Readonly<CacheCounts>,
  before: CacheCounts | undefined,
): CacheCounts {
  return {
    reads: reads - (before?.reads ?? 0),
    misses: misses - (before?.misses ?? 0),
    loads: loads - (before?.loads ?? 0),
  };
}

function difference(later: QueryCounts, earlier: QueryCounts): QueryCounts {
  return { all: later.all - earlier.all, offers: later.offers - earlier.offers };
}
