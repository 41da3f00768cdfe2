import { ArgumentError, checkConnection, type RedisLike, readServerInfo } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../core/limits.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { Instruments } from "./instruments.js";
import { checkedPrefix, checkedRegister, type PrometheusOptions } from "./register.js";
import { prefixed } from "./shop.js";
import type { MetricNameOf } from "./table.js";

/** Options of `redisMetrics`. */
export interface RedisMetricsOptions extends Pick<PrometheusOptions, "register"> {
  /** The connection or the cluster. */
  readonly redis: RedisLike;
  /** The prefix of each name. Default `redis_`. A second server needs another one. */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds between two INFO, at least 5,000. A collection before that exports the last one. Default
   * 5,000.
   */
  readonly intervalMs?: number | undefined;
  /** Milliseconds that a collection waits for the reply. Default 1,000. */
  readonly timeoutMs?: number | undefined;
  /** Receives the errors of INFO, for example of a user without the right. */
  readonly onError?: OnError | undefined;
}

const MIN_INTERVAL_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 1_000;

const optionNames: OptionNames<RedisMetricsOptions> = {
  register: true,
  redis: true,
  prefix: true,
  intervalMs: true,
  timeoutMs: true,
  onError: true,
};

type CounterName = Extract<MetricNameOf<"counter">, `redis_${string}`>;
type GaugeName = Extract<MetricNameOf<"gauge">, `redis_${string}`>;

/** The fields of INFO. */
const counters: Readonly<Record<CounterName, string>> = {
  redis_commands_processed_total: "total_commands_processed",
  redis_keyspace_hits_total: "keyspace_hits",
  redis_keyspace_misses_total: "keyspace_misses",
  redis_evicted_keys_total: "evicted_keys",
};
const gauges: Readonly<Record<GaugeName, string>> = {
  redis_memory_used_bytes: "used_memory",
  redis_memory_max_bytes: "maxmemory",
  redis_connected_clients: "connected_clients",
  redis_max_clients: "maxclients",
  redis_blocked_clients: "blocked_clients",
};
const SECTIONS = ["clients", "memory", "stats"];

/**
 * Exports what Redis says of itself, such as its memory. On a cluster, each figure is the sum over all
 * masters. One INFO answers a collection. While Redis does not answer, the metrics have no values.
 *
 * ```ts
 * redisMetrics({ register: new Registry(), redis });
 * ```
 *
 * @throws ArgumentError that names the option, or prom-client's error if the registry has such metrics
 */
export function redisMetrics(options: RedisMetricsOptions): void {
  const { register, prefix, info } = readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { redis, onError, intervalMs = MIN_INTERVAL_MS, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    checkConnection(redis);
    if (onError !== undefined && typeof onError !== "function")
      throw new ArgumentError("onError", "a function");
    return {
      register: checkedRegister(options.register),
      prefix: checkedPrefix("prefix", options.prefix ?? "redis_"),
      info: new SampledInfo(
        redis,
        checkedInteger("intervalMs", intervalMs, MIN_INTERVAL_MS, MAX_DURATION_MS),
        checkedInteger("timeoutMs", timeoutMs, 1, MAX_TIMER_MS),
        onError,
      ),
    };
  });
  const instruments = new Instruments(register, (name) => prefixed(name, { redis_: prefix }));
  for (const [name, field] of entriesOf(counters)) instruments.foreignCounter(name, () => info.sumOf(field));
  for (const [name, field] of entriesOf(gauges)) {
    instruments.gauge(name, async () => {
      const value = await info.sumOf(field);
      return value === undefined ? [] : [[{}, value]];
    });
  }
}

function entriesOf<Name extends string>(fields: Readonly<Record<Name, string>>): [Name, string][] {
  const isName = (name: string): name is Name => name in fields;
  return Object.keys(fields).flatMap((name) => (isName(name) ? [[name, fields[name]]] : []));
}

/** The last INFO of all nodes. The metrics of one collection share a reading. */
class SampledInfo {
  readonly #redis: RedisLike;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #onError: OnError | undefined;
  #texts: readonly string[] | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(redis: RedisLike, intervalMs: number, timeoutMs: number, onError: OnError | undefined) {
    this.#redis = redis;
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#onError = onError;
  }

  /** Undefined if Redis did not answer, or does not have the field. Never rejects. */
  async sumOf(field: string): Promise<number | undefined> {
    if (performance.now() - this.#readAt >= this.#intervalMs) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
    }
    await this.#reading;
    const values = this.#texts?.map((text) => new RegExp(`^${field}:(\\d+)`, "m").exec(text)?.[1]);
    if (!values || values.includes(undefined)) return undefined;
    return values.reduce((sum, value) => sum + Number(value), 0);
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.#timeoutMs);
    });
    try {
      // A late rejection has a handler, because `race` has one for each of its promises.
      this.#texts = await Promise.race([readServerInfo(this.#redis, SECTIONS), late]);
    } catch (error) {
      this.#texts = undefined;
      notify(this.#onError, asError(error));
    } finally {
      clearTimeout(timer);
    }
  }
}
