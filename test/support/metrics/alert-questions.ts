import type { AlertQuestion, InputSeries } from "./promtool.js";

const constant = (series: string, value: number): InputSeries => ({ series, values: `${value}+0x80` });
const rising = (series: string, perStep: number): InputSeries => ({ series, values: `0+${perStep}x80` });

const endpoint = { endpoint: "/products", tenant_id: "acme" };
const OF_ENDPOINT = '{endpoint="/products",tenant_id="acme",instance="a"}';
const critical = { severity: "critical" };
const warning = { severity: "warning" };

function ratio(value: number, requests: number): InputSeries[] {
  return [
    constant(`cache_hit_ratio${OF_ENDPOINT}`, value),
    constant(`cache_hit_ratio_requests${OF_ENDPOINT}`, requests),
  ];
}

/** Both processes export the same figures, which must not be added. */
function redis(name: string, used: number, limitName: string, limit: number): InputSeries[] {
  return ["a", "b"].flatMap((instance) => [
    constant(`${name}{instance="${instance}"}`, used),
    constant(`${limitName}{instance="${instance}"}`, limit),
  ]);
}
const memory = (used: number, max: number) =>
  redis("redis_memory_used_bytes", used, "redis_memory_max_bytes", max);
const clients = (used: number, max: number) =>
  redis("redis_connected_clients", used, "redis_max_clients", max);

/** Calls of `get`, each of which takes so many seconds. */
function response(callsPerStep: number, seconds: number): InputSeries[] {
  return [
    rising('cache_response_time_count{operation="get"}', callsPerStep),
    rising('cache_response_time_sum{operation="get"}', callsPerStep * seconds),
  ];
}

function misses(hitsPerStep: number, missesPerStep: number): InputSeries[] {
  return [
    rising('conn_dict_cache_hits_total{strategy="read_through"}', hitsPerStep),
    rising('conn_dict_cache_misses_total{strategy="read_through"}', missesPerStep),
  ];
}

/** Calls of which this part takes 50 to 100 ms, and the others up to 250 ms. */
function durations(callsPerStep: number, fastPart: number): InputSeries[] {
  const of = (le: string, part: number) =>
    rising(
      `conn_dict_cache_operation_duration_seconds_bucket{strategy="read_through",operation="get",le="${le}"}`,
      callsPerStep * part,
    );
  return [
    of("0.05", 0),
    of("0.1", fastPart),
    of("0.25", 1),
    of("+Inf", 1),
    rising(
      'conn_dict_cache_operation_duration_seconds_count{strategy="read_through",operation="get"}',
      callsPerStep,
    ),
  ];
}

const queue = (size: number) =>
  ["a", "b"].map((instance) => constant(`${QUEUE}{instance="${instance}"}`, size));
const QUEUE = "conn_dict_cache_write_behind_queue_size";
/** Calls to another service, of which this part fails. */
function syncs(callsPerStep: number, failedPart: number): InputSeries[] {
  const of = (status: string, part: number) =>
    rising(`catalog_sync_operations_total{sync_type="orders",status="${status}"}`, callsPerStep * part);
  return [of("ok", 0.5 - failedPart), of("timeout", failedPart), of("refused", 0.25), of("aborted", 0.25)];
}

const dead = (writes: number) => [
  constant('moonpath_writebehind_writes{queue="orders",write_state="dead",instance="a"}', writes),
];

/** What an alert must do, close to its threshold and its time. */
export interface AlertCase {
  readonly what: string;
  readonly question: AlertQuestion;
}

const question = (
  alert: string,
  what: string,
  series: readonly InputSeries[],
  at: string,
  firing: AlertQuestion["firing"] = [],
): AlertCase => ({ what: `${alert}: ${what}`, question: { alert, series, at, firing } });

const readThrough = { strategy: "read_through", ...warning };

/** Each alert fires just above its threshold, and not just below it, nor before its time. */
export const alertCases: readonly AlertCase[] = [
  question("LowCacheHitRatio", "fires under 0.7", ratio(0.69, 100), "5m", [{ ...endpoint, ...warning }]),
  question("LowCacheHitRatio", "waits 5 minutes", ratio(0.69, 100), "4m45s"),
  question("LowCacheHitRatio", "is quiet above 0.7", ratio(0.71, 100), "10m"),
  question("LowCacheHitRatio", "is quiet after one miss of one request", ratio(0, 1), "10m"),
  question("LowCacheHitRatio", "is quiet without traffic", [], "10m"),
  question("RedisMemoryHigh", "fires over 90 %", memory(91, 100), "2m", [critical]),
  question("RedisMemoryHigh", "waits 2 minutes", memory(91, 100), "1m45s"),
  question("RedisMemoryHigh", "is quiet under 90 %", memory(89, 100), "10m"),
  question("RedisMemoryHigh", "is quiet with maxmemory 0", memory(91, 0), "10m"),
  question("RedisConnectionPoolExhaustion", "fires over 80 %", clients(81, 100), "1m", [warning]),
  question("RedisConnectionPoolExhaustion", "waits a minute", clients(81, 100), "45s"),
  question("RedisConnectionPoolExhaustion", "is quiet under 80 %", clients(79, 100), "10m"),
  question("CacheOperationLatency", "fires over 100 ms", response(10, 0.101), "10m", [
    { operation: "get", ...warning },
  ]),
  // Twenty calls of ten a step are there after 30 s, and then it waits.
  question("CacheOperationLatency", "waits 3 minutes", response(10, 0.101), "3m"),
  question("CacheOperationLatency", "fires after that", response(10, 0.101), "4m", [
    { operation: "get", ...warning },
  ]),
  question("CacheOperationLatency", "is quiet under 100 ms", response(10, 0.099), "10m"),
  question("CacheOperationLatency", "is quiet without traffic", response(0, 0), "10m"),
  question("CacheOperationLatency", "is quiet with one slow call in 5 minutes", response(0.05, 3), "15m"),
  question("HighCacheMissRate", "fires over half of hits", misses(100, 51), "10m", [readThrough]),
  question("HighCacheMissRate", "waits 5 minutes", misses(100, 51), "5m"),
  question("HighCacheMissRate", "fires after that", misses(100, 51), "6m", [readThrough]),
  question("HighCacheMissRate", "is quiet under half of hits", misses(100, 49), "10m"),
  question("HighCacheMissRate", "fires without any hit", misses(0, 50), "10m", [readThrough]),
  question("HighCacheMissRate", "is quiet after one miss of one request", misses(0, 0.05), "15m"),
  question("HighCacheMissRate", "is quiet without traffic", misses(0, 0), "10m"),
  question("WriteBehindQueueHigh", "fires over 100", queue(101), "2m", [warning]),
  question("WriteBehindQueueHigh", "waits 2 minutes", queue(101), "1m45s"),
  // Two processes with 99 each say the same of one queue.
  question("WriteBehindQueueHigh", "is quiet under 100", queue(99), "10m"),
  question("CacheHighLatency", "fires if 5.1 % are slow", durations(100, 0.949), "10m", [readThrough]),
  question("CacheHighLatency", "waits 5 minutes", durations(100, 0.949), "5m"),
  question("CacheHighLatency", "is quiet if 4 % are slow", durations(100, 0.96), "10m"),
  question("CacheHighLatency", "is quiet without traffic", durations(0, 0.94), "10m"),
  question("CacheHighLatency", "is quiet with one slow call", durations(0.05, 0), "15m"),
  question("SyncFailures", "fires over 10 %", syncs(100, 0.101), "10m", [
    { sync_type: "orders", ...warning },
  ]),
  question("SyncFailures", "waits 5 minutes", syncs(100, 0.101), "5m"),
  question("SyncFailures", "is quiet under 10 %, with refused and aborted ones", syncs(100, 0.099), "10m"),
  question("SyncFailures", "is quiet after one failure of one call", syncs(0.05, 0.5), "15m"),
  question("SyncFailures", "is quiet without calls", syncs(0, 0.5), "10m"),
  question("WriteBehindDeadLetters", "fires for one", dead(1), "1m", [
    { queue: "orders", write_state: "dead", ...critical },
  ]),
  question("WriteBehindDeadLetters", "is quiet for none", dead(0), "10m"),
];
