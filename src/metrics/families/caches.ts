import type { CacheStatus, Observer } from "../../client/index.js";
import type { Instruments } from "../instruments.js";

/** Counts what caches do. */
export function cacheHooks(instruments: Instruments): Required<Pick<Observer, "onCacheRequest" | "onCache">> {
  // A hit costs less than a labelled counter, so hits are counted here, and exported when they are read.
  const requests = new Map<string, Map<CacheStatus, number>>();
  const countRequests = instruments.counter("cache_requests_total", () => {
    for (const [cache, counts] of requests) {
      for (const [status, count] of counts) countRequests({ cache, status }, count);
    }
    requests.clear();
  });
  const countFill = instruments.counter("cache_fills_total");
  const countDegraded = instruments.counter("cache_degraded_total");
  const countInvalidation = instruments.counter("cache_invalidations_total");
  const observeInconsistency = instruments.histogram("cache_inconsistency_seconds");
  const observeLoad = instruments.histogram("cache_load_duration_seconds");
  return {
    onCacheRequest(cache, status) {
      let counts = requests.get(cache);
      if (!counts) {
        counts = new Map();
        requests.set(cache, counts);
      }
      counts.set(status, (counts.get(status) ?? 0) + 1);
    },
    onCache(event) {
      switch (event.kind) {
        case "load":
          observeLoad({ cache: event.cache, load_outcome: event.outcome }, event.durationMs / 1_000);
          return;
        case "fill":
          countFill({ cache: event.cache, fill_outcome: event.outcome });
          return;
        case "consistency":
          observeInconsistency({ cache: event.cache, place: event.place }, event.durationMs / 1_000);
          return;
        case "degraded":
          countDegraded({ cache: event.cache, reason: event.reason });
          return;
        case "invalidation":
          countInvalidation({ target: event.target, invalidation_outcome: event.outcome });
      }
    },
  };
}
