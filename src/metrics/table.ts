import { errorTable } from "../core/error-table.js";
import type { ErrorCode } from "../core/errors.js";
import { redisRows } from "./rows/redis.js";
import { shopLabels, shopRows } from "./rows/shop.js";

/** A label of metrics. The number of its values has a bound, because each value is a time series. */
interface MetricLabel {
  readonly help: string;
  /** All values. Without them, `boundedBy` says what limits their number. */
  readonly values?: readonly string[];
  readonly boundedBy?: string;
  /** The exported name, if another label of the table has the same one with other values. */
  readonly name?: string;
}

const errorCodes: readonly ErrorCode[] = Object.keys(errorTable).filter(
  (code): code is ErrorCode => code in errorTable,
);

/** Keeps a text out of the types: the declarations would repeat each of them. */
const text = (help: string): string => help;

/** All labels by name. No label holds a key or a value of the cache. */
export const metricLabels = {
  ...shopLabels,
  script: {
    help: text("The name of the script, for example `stock.adjust`."),
    boundedBy: "one for each script of the client",
  },
  version: {
    help: text("The version of the script, for example `1.2.0`."),
    boundedBy: "one for each script of the client",
  },
  code: { help: text("The code of the error."), values: errorCodes },
  outcome: {
    help: text("The answer of `limit.take`."),
    values: ["allowed", "refused", "too_large", "mismatch"],
  },
  degraded: { help: text("Whether the answer came without Redis."), values: ["true", "false"] },
  result: { help: text("How a request for credentials ended."), values: ["renewed", "failed"] },
  cache: {
    help: text("The pattern of the cache, for example `product:<product>`."),
    boundedBy: "one for each cache of the program",
  },
  status: {
    help: text(
      "How the cache has answered: from L1, from Redis, or by a load: its own, that of another caller, or one that is not stored.",
    ),
    values: ["l1_hit", "hit", "stale", "miss", "joined", "bypass"],
  },
  load_outcome: { help: text("How a load has ended."), values: ["ok", "error", "timeout", "overloaded"] },
  fill_outcome: {
    help: text("What has become of a loaded value."),
    values: ["stored", "overtaken", "too_large", "full", "over_quota", "unwanted", "failed"],
  },
  reason: {
    help: text(
      "Why Redis was not used: it has not answered before, or now, or with an error, or it has not confirmed an invalidation.",
    ),
    values: ["circuit_open", "unavailable", "error", "pending"],
  },
  place: { help: text("Where a cached value is."), values: ["l1", "redis"] },
  target: { help: text("What was invalidated."), values: ["entry", "tag", "tenant"] },
  invalidation_outcome: {
    help: text("Whether Redis has confirmed it; `failed` ones are delivered again."),
    values: ["done", "pending", "failed"],
  },
  queue: {
    help: text("The name of a queue of write-behind."),
    boundedBy: "one for each queue of the program",
  },
  write_state: { help: text("Where a write is."), values: ["queued", "in_flight", "dead"] },
  sync_type: {
    help: text("The kind of a call to another service."),
    boundedBy: "one for each of `types` of `createSync`, at most 50",
  },
  sync_status: {
    help: text("How a call to another service has ended."),
    values: ["ok", "refused", "failed", "timeout", "invalid_reply", "circuit_open", "unknown", "aborted"],
  },
  breaker_state: {
    help: text("Whether hosts are asked: all calls, none, or one at a time."),
    values: ["closed", "open", "half_open"],
  },
} as const satisfies Record<string, MetricLabel>;

/** The name of a label. */
export type MetricLabelName = keyof typeof metricLabels;

/** The name under which a label is exported. */
export function exportedLabel(label: string): string {
  const row = Object.entries(metricLabels).find(([name]) => name === label)?.[1];
  return row && "name" in row && typeof row.name === "string" ? row.name : label;
}

/** A row of the table of metrics. */
interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly MetricLabelName[];
  readonly help: string;
  /** What one unit of the value is. A unit of measurement is also the end of the metric's name. */
  readonly unit:
    | "calls"
    | "errors"
    | "retries"
    | "loads"
    | "answers"
    | "requests"
    | "values"
    | "invalidations"
    | "writes"
    | "hosts"
    | "keys"
    | "connections"
    | "part"
    | "seconds"
    | "bytes";
  /** The function that registers it. Without it, `prometheusObserver` does. */
  readonly registeredBy?: "writeBehindMetrics" | "shopObserver" | "redisMetrics";
  /** The beginning of a name that others have chosen. Without it, the prefix is `moonpath_`. */
  readonly prefix?: "catalog_" | "conn_dict_" | "cache_" | "redis_";
  /** What becomes of the values of several processes behind one endpoint. Default: their sum. */
  readonly aggregator?: "max" | "average";
  /** The upper bounds of a histogram's buckets, in `unit`. */
  readonly buckets?: readonly number[];
}

/**
 * All metrics by name, without the prefix `moonpath_`. The adapter of prom-client, the tables of the docs,
 * dashboards and alerts come from these rows.
 */
export const metrics = {
  ...shopRows,
  ...redisRows,
  script_calls_total: {
    type: "counter",
    labels: ["script", "version"],
    help: text("Calls of a script that succeeded or failed."),
    unit: "calls",
  },
  script_errors_total: {
    type: "counter",
    labels: ["script", "version", "code"],
    help: text("Calls of a script that failed, by error code."),
    unit: "errors",
  },
  script_retries_total: {
    type: "counter",
    labels: ["script", "version"],
    help: text("Attempts after the first attempt of a call."),
    unit: "retries",
  },
  script_reloads_total: {
    type: "counter",
    labels: ["script", "version"],
    help: text("Loads of a script that a server no longer had in its script cache."),
    unit: "loads",
  },
  limit_takes_total: {
    type: "counter",
    labels: ["outcome", "degraded"],
    help: text("Answers of limit.take. Degraded ones came without Redis."),
    unit: "answers",
  },
  credential_renewals_total: {
    type: "counter",
    labels: ["result"],
    help: text("Requests for credentials: renewed, or failed because none came or a server refused them."),
    unit: "requests",
  },
  cache_requests_total: {
    type: "counter",
    labels: ["cache", "status"],
    help: text("Readings of a cache."),
    unit: "requests",
  },
  cache_fills_total: {
    type: "counter",
    labels: ["cache", "fill_outcome"],
    help: text("Loaded values, by what has become of them."),
    unit: "values",
  },
  cache_degraded_total: {
    type: "counter",
    labels: ["cache", "reason"],
    help: text("Calls of a cache that did without Redis."),
    unit: "calls",
  },
  cache_invalidations_total: {
    type: "counter",
    labels: ["target", "invalidation_outcome"],
    help: text("Invalidations of entries, tags and tenants."),
    unit: "invalidations",
  },
  writebehind_writes: {
    type: "gauge",
    labels: ["queue", "write_state"],
    help: text("Writes that are not in the database, of all tenants."),
    unit: "writes",
    registeredBy: "writeBehindMetrics",
    aggregator: "max",
  },
  writebehind_bytes: {
    type: "gauge",
    labels: ["queue"],
    help: text("Bytes of these writes."),
    unit: "bytes",
    registeredBy: "writeBehindMetrics",
    aggregator: "max",
  },
  writebehind_oldest_seconds: {
    type: "gauge",
    labels: ["queue"],
    help: text("Age of the oldest write that is queued or in flight; 0 without one."),
    unit: "seconds",
    registeredBy: "writeBehindMetrics",
    aggregator: "max",
  },
  cache_inconsistency_seconds: {
    type: "histogram",
    labels: ["cache", "place"],
    help: text("How long a compared entry disagreed with the source; 0 if it agreed."),
    unit: "seconds",
    buckets: [0, 0.01, 0.1, 1, 10, 60],
  },
  cache_load_duration_seconds: {
    type: "histogram",
    labels: ["cache", "load_outcome"],
    help: text("Time of a load, with the wait for its turn."),
    unit: "seconds",
    // A query of a database takes milliseconds; the default timeout of a load is ten seconds.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  script_duration_seconds: {
    type: "histogram",
    labels: ["script", "version"],
    help: text("Time from a call to its result, including waits and retries."),
    unit: "seconds",
    // Most calls take less than a millisecond. The default deadline is one second.
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  sync_operations_total: {
    type: "counter",
    labels: ["sync_type", "sync_status"],
    help: text("Calls to other services."),
    unit: "calls",
  },
  sync_retries_total: {
    type: "counter",
    labels: ["sync_type"],
    help: text("Attempts after the first attempt of a call to another service."),
    unit: "retries",
  },
  sync_breakers: {
    type: "gauge",
    labels: ["breaker_state"],
    help: text("Hosts by the state of their breaker."),
    unit: "hosts",
  },
  sync_operation_duration_seconds: {
    type: "histogram",
    labels: ["sync_type"],
    help: text("Time of a call to another service, with all attempts and delays."),
    unit: "seconds",
    // A service on the internet takes 50 ms and more; the default deadline is ten seconds.
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
} as const satisfies Record<string, Metric>;

type MetricTable = typeof metrics;

/** The name of a metric without the prefix. */
export type MetricName = keyof MetricTable;

/** The names of the metrics of one type. */
export type MetricNameOf<Type extends Metric["type"]> = {
  [Name in MetricName]: MetricTable[Name]["type"] extends Type ? Name : never;
}[MetricName];

type LabelValue<Name extends MetricLabelName> = (typeof metricLabels)[Name] extends {
  readonly values: readonly (infer Value extends string)[];
}
  ? Value
  : string;

/** The labels of a metric with their possible values. */
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in MetricTable[Name]["labels"][number]]: LabelValue<Label>;
};

/** The name under which a metric is exported without options. */
export function exportedName(name: MetricName): string {
  return "prefix" in metrics[name] ? name : `moonpath_${name}`;
}
