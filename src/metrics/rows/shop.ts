/** Keeps a text out of the types: the declarations would repeat each of them. */
const text = (help: string): string => help;

/** Most calls of a cache take less than a millisecond, and a load at most its timeout of ten seconds. */
const CACHE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

/** Labels of the metrics of `shopObserver`. */
export const shopLabels = {
  cache_type: {
    help: text("`data` for values, `response` for an HTTP cache."),
    values: ["data", "response"],
  },
  key_pattern: {
    help: text("The pattern of the cache, for example `product:<product>`."),
    boundedBy: "one for each cache of the program",
  },
  pattern: {
    help: text("The same as `key_pattern`."),
    boundedBy: "one for each cache of the program",
  },
  key_type: {
    help: text("The same as `key_pattern`."),
    boundedBy: "one for each cache of the program",
  },
  strategy: {
    help: text("How the cache is used. Reads have the strategy of their cache, writes that of their call."),
    values: ["cache_aside", "read_through", "write_through", "write_behind", "write_around"],
  },
  operation: {
    help: text("The call of the cache. `redis` is a command inside a call that went on without it."),
    values: [
      "get_or_load",
      "get_many",
      "get",
      "exists",
      "refresh",
      "set",
      "write_through",
      "write_around",
      "write_behind",
      "flush_pending_writes",
      "invalidate",
      "expire",
      "delete_pattern",
      "redis",
    ],
  },
  error_type: {
    help: text(
      "The code of the error; `SOURCE` for an error of the program's loader or write; for `redis` a value of `reason`.",
    ),
    boundedBy: "one for each error code and `reason`",
  },
  endpoint: {
    help: text("The path of a policy of the HTTP cache, for example `/products/:id`."),
    boundedBy: "one for each policy of the program",
  },
  sync_kind: {
    name: "sync_type",
    help: text("The kind of a call to another service, one of `types` of `createSync`."),
    boundedBy: "`types` of `createSync`, at most 50",
  },
  sync_result: {
    name: "status",
    help: text("How a call to another service has ended."),
    values: ["ok", "refused", "failed", "timeout", "invalid_reply", "circuit_open", "unknown", "aborted"],
  },
  tenant_id: {
    help: text("One of the busiest tenants, or `other`."),
    boundedBy: "`maxTenants` of `shopObserver`, by default 20, and `other`",
  },
} as const;

/** The metrics that `shopObserver` registers, under the names of the shop's earlier services. */
export const shopRows = {
  catalog_cache_hits_total: {
    type: "counter",
    labels: ["cache_type", "key_pattern"],
    help: text("Readings that a cache has answered, also with stale values."),
    unit: "requests",
    prefix: "catalog_",
    registeredBy: "shopObserver",
  },
  catalog_cache_misses_total: {
    type: "counter",
    labels: ["cache_type", "key_pattern"],
    help: text(
      "Readings that the source has answered, also those that waited for the load of another caller.",
    ),
    unit: "requests",
    prefix: "catalog_",
    registeredBy: "shopObserver",
  },
  catalog_cache_operation_duration_seconds: {
    type: "histogram",
    labels: ["cache_type", "operation"],
    help: text("Time of calls of caches, with loads. Hits in L1 are not measured."),
    unit: "seconds",
    prefix: "catalog_",
    registeredBy: "shopObserver",
    buckets: CACHE_BUCKETS,
  },
  catalog_sync_operations_total: {
    type: "counter",
    labels: ["sync_kind", "sync_result"],
    help: text("Calls to other services."),
    unit: "calls",
    prefix: "catalog_",
    registeredBy: "shopObserver",
  },
  catalog_sync_operation_duration_seconds: {
    type: "histogram",
    labels: ["sync_kind"],
    help: text("Time of a call to another service, with all attempts and delays."),
    unit: "seconds",
    prefix: "catalog_",
    registeredBy: "shopObserver",
    // A service on the internet takes 50 ms and more; the default deadline is ten seconds.
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  catalog_sync_retries_total: {
    type: "counter",
    labels: ["sync_kind"],
    help: text("Attempts after the first attempt of a call to another service."),
    unit: "retries",
    prefix: "catalog_",
    registeredBy: "shopObserver",
  },
  conn_dict_cache_hits_total: {
    type: "counter",
    labels: ["strategy"],
    help: text("Readings that a cache has answered, by strategy."),
    unit: "requests",
    prefix: "conn_dict_",
    registeredBy: "shopObserver",
  },
  conn_dict_cache_misses_total: {
    type: "counter",
    labels: ["strategy"],
    help: text("Readings that the source has answered, by strategy."),
    unit: "requests",
    prefix: "conn_dict_",
    registeredBy: "shopObserver",
  },
  conn_dict_cache_errors_total: {
    type: "counter",
    labels: ["operation", "error_type"],
    help: text("Calls of caches that failed, and commands of Redis that a call did without."),
    unit: "errors",
    prefix: "conn_dict_",
    registeredBy: "shopObserver",
  },
  conn_dict_cache_operation_duration_seconds: {
    type: "histogram",
    labels: ["operation", "strategy"],
    help: text("Time of calls of caches, with loads. Hits in L1 are not measured."),
    unit: "seconds",
    prefix: "conn_dict_",
    registeredBy: "shopObserver",
    buckets: CACHE_BUCKETS,
  },
  conn_dict_cache_write_behind_flush_duration_seconds: {
    type: "histogram",
    labels: [],
    help: text("Time from taking a batch of queued writes to its acknowledgement, or to its failure."),
    unit: "seconds",
    prefix: "conn_dict_",
    registeredBy: "shopObserver",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  conn_dict_cache_write_behind_queue_size: {
    type: "gauge",
    labels: [],
    help: text("Writes that are queued or in flight, of all queues and tenants."),
    unit: "writes",
    prefix: "conn_dict_",
    registeredBy: "writeBehindMetrics",
    aggregator: "max",
  },
  cache_hit_ratio: {
    type: "gauge",
    labels: ["endpoint", "tenant_id"],
    help: text("Part of the requests of the last 5 minutes that the HTTP cache has answered, from 0 to 1."),
    unit: "part",
    prefix: "cache_",
    registeredBy: "shopObserver",
    aggregator: "average",
  },
  cache_hit_ratio_requests: {
    type: "gauge",
    labels: ["endpoint", "tenant_id"],
    help: text("The requests of the last 5 minutes, from which cache_hit_ratio comes."),
    unit: "requests",
    prefix: "cache_",
    registeredBy: "shopObserver",
  },
  cache_response_time: {
    type: "histogram",
    labels: ["operation"],
    help: text("Seconds that calls of caches took, with loads. Hits in L1 are not measured."),
    unit: "seconds",
    prefix: "cache_",
    registeredBy: "shopObserver",
    buckets: CACHE_BUCKETS,
  },
  cache_key_distribution: {
    type: "gauge",
    labels: ["pattern"],
    help: text("Part of the readings of the last 5 minutes that was for this pattern, from 0 to 1."),
    unit: "part",
    prefix: "cache_",
    registeredBy: "shopObserver",
    aggregator: "average",
  },
  cache_ttl_effectiveness: {
    type: "gauge",
    labels: ["key_type"],
    help: text(
      "Hits of the last 5 minutes, divided by hits and stored values: 0.9 is nine hits for each stored value.",
    ),
    unit: "part",
    prefix: "cache_",
    registeredBy: "shopObserver",
    aggregator: "average",
  },
} as const;
