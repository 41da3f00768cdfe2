import { named } from "./names.js";

/** One alert of Prometheus. */
export interface Alert {
  readonly name: string;
  /** What the expression compares with. */
  readonly threshold: number;
  /** How long the condition must hold, such as `5m`. */
  readonly holdsFor: string;
  readonly severity: "warning" | "critical";
  readonly summary: string;
  /** What to do. */
  readonly action: string;
  expression(threshold: number): string;
}

/** What several processes say of one thing: the largest figure, because each exports the same. */
const ofAll = (name: string) => `max without (instance) (${name})`;

const syncs = named("catalog_sync_operations_total");
const ratio = named("cache_hit_ratio");
const ratioRequests = named("cache_hit_ratio_requests");
const hits = named("conn_dict_cache_hits_total");
const misses = named("conn_dict_cache_misses_total");
const response = named("cache_response_time");
const duration = named("conn_dict_cache_operation_duration_seconds");
const writes = named("writebehind_writes");

/** Fewer requests in five minutes say nothing about a ratio: one miss of one request is no alert. */
const MIN_REQUESTS = 100;
/** Fewer calls in five minutes say nothing about a time. */
const MIN_CALLS = 20;

const perEndpoint = (inner: string) => `sum by (endpoint, tenant_id) (${inner})`;

/** Those of the documents that the shop follows, and those of what only an operator can repair. */
export const alerts: readonly Alert[] = [
  {
    name: "LowCacheHitRatio",
    threshold: 0.7,
    holdsFor: "5m",
    severity: "warning",
    summary: "The HTTP cache answers {{ $value | humanizePercentage }} of {{ $labels.endpoint }}.",
    action:
      "Compare misses with invalidations: too many events, a TTL that is too short, or a query that varies.",
    expression: (threshold) =>
      [
        `${perEndpoint(`${ratio} * ${ratioRequests}`)} / ${perEndpoint(ratioRequests)} < ${threshold}`,
        `and ${perEndpoint(ratioRequests)} >= ${MIN_REQUESTS}`,
      ].join("\n"),
  },
  {
    name: "RedisMemoryHigh",
    threshold: 0.9,
    holdsFor: "2m",
    severity: "critical",
    summary: "Redis uses {{ $value | humanizePercentage }} of maxmemory.",
    action: "Raise maxmemory, or look for what grew with MEMORY STATS. At the limit, writes fail.",
    // Without a limit, maxmemory is 0.
    expression: (threshold) =>
      `${ofAll(named("redis_memory_used_bytes"))} / (${ofAll(named("redis_memory_max_bytes"))} > 0) > ${threshold}`,
  },
  {
    name: "RedisConnectionPoolExhaustion",
    threshold: 0.8,
    holdsFor: "1m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of the connections of Redis are in use.",
    action: "Look for the clients with CLIENT LIST. Redis refuses connections above maxclients.",
    expression: (threshold) =>
      `${ofAll(named("redis_connected_clients"))} / (${ofAll(named("redis_max_clients"))} > 0) > ${threshold}`,
  },
  {
    name: "CacheOperationLatency",
    threshold: 0.1,
    holdsFor: "3m",
    severity: "warning",
    summary: "{{ $labels.operation }} of caches takes {{ $value | humanizeDuration }} on average.",
    action: "Look at the times of loads first, then at the slowlog of Redis.",
    expression: (threshold) =>
      [
        `sum by (operation) (rate(${response}_sum[5m])) / sum by (operation) (rate(${response}_count[5m])) > ${threshold}`,
        `and sum by (operation) (increase(${response}_count[5m])) >= ${MIN_CALLS}`,
      ].join("\n"),
  },
  {
    name: "HighCacheMissRate",
    threshold: 0.5,
    holdsFor: "5m",
    severity: "warning",
    summary: "{{ $labels.strategy }} has more than half as many misses as hits.",
    action: "Compare fills with misses: entries expire, are invalidated, or are not stored.",
    expression: (threshold) =>
      [
        `sum by (strategy) (rate(${misses}[5m])) > ${threshold} * sum by (strategy) (rate(${hits}[5m]))`,
        `and sum by (strategy) (increase(${misses}[5m]) + increase(${hits}[5m])) >= ${MIN_REQUESTS}`,
      ].join("\n"),
  },
  {
    name: "WriteBehindQueueHigh",
    threshold: 100,
    holdsFor: "2m",
    severity: "warning",
    summary: "{{ $value }} writes wait for the database.",
    action: "Look at the errors of the worker of write-behind, and at the database.",
    expression: (threshold) => `${ofAll(named("conn_dict_cache_write_behind_queue_size"))} > ${threshold}`,
  },
  {
    name: "CacheHighLatency",
    threshold: 0.1,
    holdsFor: "5m",
    severity: "warning",
    summary: "5 % of the calls of {{ $labels.strategy }} take more than {{ $value | humanizeDuration }}.",
    action: "Look at the times of loads first, then at the slowlog of Redis.",
    expression: (threshold) =>
      [
        `histogram_quantile(0.95, sum by (le, strategy) (rate(${duration}_bucket[5m]))) > ${threshold}`,
        `and sum by (strategy) (increase(${duration}_count[5m])) >= ${MIN_CALLS}`,
      ].join("\n"),
  },
  {
    name: "SyncFailures",
    threshold: 0.1,
    holdsFor: "5m",
    severity: "warning",
    summary:
      "{{ $value | humanizePercentage }} of the calls {{ $labels.sync_type }} to another service fail.",
    action: "Ask the service. Calls were tried again before they count here.",
    // A refused request, and one that its caller aborted, say nothing of the service.
    expression: (threshold) =>
      [
        `sum by (sync_type) (rate(${syncs}{status!~"ok|refused|aborted"}[5m])) / sum by (sync_type) (rate(${syncs}[5m])) > ${threshold}`,
        `and sum by (sync_type) (increase(${syncs}[5m])) >= ${MIN_CALLS}`,
      ].join("\n"),
  },
  {
    name: "WriteBehindDeadLetters",
    threshold: 0,
    holdsFor: "1m",
    severity: "critical",
    summary: "The database has refused {{ $value }} writes of the queue {{ $labels.queue }}.",
    action: "Read them with `listDead` of the queue, then retry or remove each.",
    expression: (threshold) => `${ofAll(`${writes}{write_state="dead"}`)} > ${threshold}`,
  },
];
