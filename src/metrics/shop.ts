import type { CacheOperation, CacheStrategy, Observer, SyncEvent } from "../client/index.js";
import { ArgumentError } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import type { BucketCounts } from "./counted-histogram.js";
import { Instruments } from "./instruments.js";
import { checkedPrefix, checkedRegister, type PrometheusOptions, REGISTRY } from "./register.js";
import { ShopReadings } from "./shop-readings.js";
import { type MetricName, metrics } from "./table.js";

/** The beginnings of the names of `shopObserver`, by the ones that they replace. */
export interface ShopPrefixes {
  readonly catalog_?: string | undefined;
  readonly conn_dict_?: string | undefined;
  readonly cache_?: string | undefined;
}

/** Options of `shopObserver`. */
export interface ShopMetricsOptions extends Pick<PrometheusOptions, "register"> {
  /** Other beginnings of the names: `{ catalog_: "shop_" }` exports `shop_cache_hits_total`. */
  readonly prefixes?: ShopPrefixes | undefined;
  /** How many tenants of each endpoint have their own series. The others are `other`. Default 20. */
  readonly maxTenants?: number | undefined;
}

/** The hooks of `shopObserver`. Give `onFlush` to `createWriteBehind`. */
export interface ShopObserver
  extends Required<Pick<Observer, "onCacheRequest" | "onCache" | "onCacheCall" | "onSync">> {
  /** A worker of write-behind has applied a batch, or failed to. */
  onFlush(event: { readonly durationMs: number }): void;
}

const DEFAULT_MAX_TENANTS = 20;

/**
 * Creates an observer that exports what caches do under the names of the shop's earlier services, such as
 * `catalog_cache_hits_total` and `cache_hit_ratio`. `docs/metrics.md` lists them.
 *
 * ```ts
 * const register = new Registry();
 * const moonpath = createMoonpath(redis, { observers: [shopObserver({ register })] });
 * ```
 *
 * @throws ArgumentError that names the option, or prom-client's error if the registry has such metrics
 */
export function shopObserver(options: ShopMetricsOptions): ShopObserver {
  const { register, prefixes, maxTenants } = resolvedOptions(options);
  const instruments = new Instruments(register, (name) => prefixed(name, prefixes));
  const readings = new ShopReadings(maxTenants);
  const times = timesByOperation(instruments);
  instruments.totals("catalog_cache_hits_total", () => counted(readings.byCache(), "hits"));
  instruments.totals("catalog_cache_misses_total", () => counted(readings.byCache(), "misses"));
  instruments.countedHistogram(
    "catalog_cache_operation_duration_seconds",
    () => times.byOperation().map(([operation, counts]) => [{ cache_type: "data", operation }, counts]),
    times.clear,
  );
  const onSync = syncHook(instruments);
  instruments.totals("conn_dict_cache_hits_total", () => counted(readings.byStrategy(), "hits"));
  instruments.totals("conn_dict_cache_misses_total", () => counted(readings.byStrategy(), "misses"));
  const countError = instruments.counter("conn_dict_cache_errors_total");
  instruments.countedHistogram(
    "conn_dict_cache_operation_duration_seconds",
    () => times.all().map(([operation, strategy, counts]) => [{ operation, strategy }, counts]),
    times.clear,
  );
  const observeFlush = instruments.histogram("conn_dict_cache_write_behind_flush_duration_seconds");
  instruments.gauge("cache_hit_ratio", () =>
    readings.endpoints().map(([labels, { hits, all }]) => [labels, hits / all]),
  );
  instruments.gauge("cache_hit_ratio_requests", () =>
    readings.endpoints().map(([labels, { all }]) => [labels, all]),
  );
  instruments.countedHistogram(
    "cache_response_time",
    () => times.byOperation().map(([operation, counts]) => [{ operation }, counts]),
    times.clear,
  );
  instruments.gauge("cache_key_distribution", () => readings.distribution());
  instruments.gauge("cache_ttl_effectiveness", () => readings.effectiveness());
  return {
    onCacheRequest: (cache, status, tenant, strategy, endpoint) =>
      readings.request(cache, status, tenant, strategy, endpoint),
    onCache(event) {
      if (event.kind === "fill" && event.outcome === "stored") readings.stored(event.cache);
      if (event.kind === "degraded") countError({ operation: "redis", error_type: event.reason });
    },
    onCacheCall({ operation, strategy, outcome, durationMs }) {
      times.of(operation, strategy).observe(durationMs / 1_000);
      if (outcome !== "ok") countError({ operation, error_type: outcome });
    },
    onFlush: ({ durationMs }) => observeFlush({}, durationMs / 1_000),
    onSync,
  };
}

function syncHook(instruments: Instruments): (event: SyncEvent) => void {
  const countOperation = instruments.counter("catalog_sync_operations_total");
  const observeSeconds = instruments.histogram("catalog_sync_operation_duration_seconds");
  const countRetry = instruments.counter("catalog_sync_retries_total");
  return (event) => {
    switch (event.kind) {
      case "operation":
        countOperation({ sync_kind: event.type, sync_result: event.outcome });
        observeSeconds({ sync_kind: event.type }, event.durationMs / 1_000);
        return;
      case "retry":
        countRetry({ sync_kind: event.type });
        return;
      case "breaker":
    }
  };
}

function counted<Labels>(
  list: readonly (readonly [Labels, { readonly hits: number; readonly misses: number }])[],
  field: "hits" | "misses",
): (readonly [Labels, number])[] {
  return list.map(([labels, counts]) => [labels, counts[field]] as const);
}

/** Counts the times of calls. Three histograms have them by different labels. */
function timesByOperation(instruments: Instruments) {
  const operations = new Map<CacheOperation, Map<CacheStrategy, BucketCounts>>();
  const empty = () => instruments.buckets("conn_dict_cache_operation_duration_seconds");
  const all = () =>
    [...operations].flatMap(([operation, strategies]) =>
      [...strategies].map(([strategy, counts]) => [operation, strategy, counts] as const),
    );
  return {
    all,
    of(operation: CacheOperation, strategy: CacheStrategy): BucketCounts {
      const strategies = operations.get(operation) ?? new Map<CacheStrategy, BucketCounts>();
      operations.set(operation, strategies);
      const counts = strategies.get(strategy) ?? empty();
      strategies.set(strategy, counts);
      return counts;
    },
    byOperation: () =>
      [...operations].map(([operation, strategies]) => {
        const sum = empty();
        for (const counts of strategies.values()) sum.add(counts);
        return [operation, sum] as const;
      }),
    clear: () => operations.clear(),
  };
}

/** The name of a metric, with another beginning if the caller wants one. */
export function prefixed(name: MetricName, prefixes: Readonly<Record<string, string>>): string {
  const row = metrics[name];
  if (!("prefix" in row)) return name;
  return (prefixes[row.prefix] ?? row.prefix) + name.slice(row.prefix.length);
}

const shopOptions: OptionNames<ShopMetricsOptions> = { register: true, prefixes: true, maxTenants: true };
const prefixNames: OptionNames<ShopPrefixes> = { catalog_: true, conn_dict_: true, cache_: true };

/** @throws ArgumentError */
function resolvedOptions(options: ShopMetricsOptions) {
  return readFrom(
    "register",
    () => {
      refuseUnknownOptions(options, shopOptions);
      return {
        register: checkedRegister(options.register),
        prefixes: checkedPrefixes(options.prefixes ?? {}),
        maxTenants: checkedInteger("maxTenants", options.maxTenants ?? DEFAULT_MAX_TENANTS, 1, 1_000),
      };
    },
    undefined,
    REGISTRY,
  );
}

/** @throws ArgumentError */
function checkedPrefixes(prefixes: ShopPrefixes): Readonly<Record<string, string>> {
  if (typeof prefixes !== "object" || prefixes === null) throw new ArgumentError("prefixes", "an object");
  refuseUnknownOptions(prefixes, prefixNames, "prefixes");
  const checked: Record<string, string> = {};
  for (const [name, prefix] of Object.entries(prefixes)) {
    if (prefix !== undefined) checked[name] = checkedPrefix(`prefixes.${name}`, prefix);
  }
  return checked;
}
