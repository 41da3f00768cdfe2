import { Counter, Histogram } from "prom-client";
import type { CacheStatus, Observer } from "../client/index.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import { checkedRegister, DEFAULT_PREFIX, type PrometheusOptions, REGISTRY } from "./register.js";
import { syncHook } from "./sync.js";
import { type LabelsOf, type MetricNameOf, metrics } from "./table.js";

export type { PrometheusOptions } from "./register.js";
export { type MetricName, metricLabels, metrics } from "./table.js";
export { type WriteBehindMetricsOptions, type WriteDepths, writeBehindMetrics } from "./write-behind.js";

/**
 * Creates an observer that counts calls, errors, retries and reloads, and measures durations in
 * seconds. It needs prom-client, an optional peer dependency. It throws prom-client's error if
 * the registry already has a metric of the same name, and an ArgumentError for a wrong option.
 *
 * ```ts
 * const register = new Registry();
 * const moonpath = createMoonpath(redis, { observers: [prometheusObserver({ register })] });
 * ```
 */
export function prometheusObserver(options: PrometheusOptions): Required<Observer> {
  const { register, prefix } = resolvedOptions(options);
  const counter = <Name extends MetricNameOf<"counter">>(name: Name, collect?: () => void) => {
    const { help, labels } = metrics[name];
    const labelNames = [...labels];
    const metric = new Counter({
      name: prefix + name,
      help,
      labelNames,
      registers: [register],
      ...(collect && { collect }),
    });
    return (values: LabelsOf<Name>, count = 1) => metric.inc(values, count);
  };
  const histogram = <Name extends MetricNameOf<"histogram">>(name: Name) => {
    const { help, labels, buckets } = metrics[name];
    const metric = new Histogram({
      name: prefix + name,
      help,
      labelNames: [...labels],
      registers: [register],
      buckets: [...buckets],
    });
    return (values: LabelsOf<Name>, value: number) => metric.observe(values, value);
  };
  const countCall = counter("script_calls_total");
  const countError = counter("script_errors_total");
  const countRetry = counter("script_retries_total");
  const countReload = counter("script_reloads_total");
  const countTake = counter("limit_takes_total");
  const countRenewal = counter("credential_renewals_total");
  // A hit costs less than a labelled counter, so hits are counted here, and exported when they are read.
  const requests = new Map<string, Map<CacheStatus, number>>();
  const countRequests = counter("cache_requests_total", () => {
    for (const [cache, counts] of requests) {
      for (const [status, count] of counts) countRequests({ cache, status }, count);
    }
    requests.clear();
  });
  const countFill = counter("cache_fills_total");
  const countDegraded = counter("cache_degraded_total");
  const countInvalidation = counter("cache_invalidations_total");
  const observeInconsistency = histogram("cache_inconsistency_seconds");
  const observeLoad = histogram("cache_load_duration_seconds");
  const observeSeconds = histogram("script_duration_seconds");
  return {
    onCall({ script, version, outcome, durationMs }) {
      countCall({ script, version });
      if (outcome !== "ok") countError({ script, version, code: outcome });
      observeSeconds({ script, version }, durationMs / 1_000);
    },
    onRetry: ({ script, version }) => countRetry({ script, version }),
    onReload: ({ script, version }) => countReload({ script, version }),
    onTake: ({ outcome, degraded }) => countTake({ outcome, degraded: degraded ? "true" : "false" }),
    onCredentials: ({ outcome }) => countRenewal({ result: outcome }),
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
    onSync: syncHook(register, prefix),
  };
}

const prometheusOptions: OptionNames<PrometheusOptions> = { register: true, prefix: true };

/** @throws ArgumentError */
function resolvedOptions(options: PrometheusOptions) {
  return readFrom(
    "register",
    () => {
      refuseUnknownOptions(options, prometheusOptions);
      return { register: checkedRegister(options.register), prefix: options.prefix ?? DEFAULT_PREFIX };
    },
    undefined,
    REGISTRY,
  );
}
