import type { Observer } from "../client/index.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import { cacheHooks } from "./families/caches.js";
import { scriptHooks } from "./families/scripts.js";
import { Instruments } from "./instruments.js";
import {
  checkedPrefix,
  checkedRegister,
  DEFAULT_PREFIX,
  type PrometheusOptions,
  REGISTRY,
} from "./register.js";
import { syncHook } from "./sync.js";

export { type RedisMetricsOptions, redisMetrics } from "./redis.js";
export type { PrometheusOptions } from "./register.js";
export { type ShopMetricsOptions, type ShopObserver, shopObserver } from "./shop.js";
export { exportedName, type MetricName, metricLabels, metrics } from "./table.js";
export { type WriteBehindMetricsOptions, type WriteDepths, writeBehindMetrics } from "./write-behind.js";

/** The hooks of `prometheusObserver`. */
export type PrometheusObserver = Required<Omit<Observer, "trace" | "onCacheCall">>;

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
export function prometheusObserver(options: PrometheusOptions): PrometheusObserver {
  const { register, prefix } = resolvedOptions(options);
  const instruments = new Instruments(register, (name) => prefix + name);
  // Each family registers its metrics, in the order of the table.
  const scripts = scriptHooks(instruments);
  const countTake = instruments.counter("limit_takes_total");
  const countRenewal = instruments.counter("credential_renewals_total");
  return {
    ...scripts,
    onTake: ({ outcome, degraded }) => countTake({ outcome, degraded: degraded ? "true" : "false" }),
    onCredentials: ({ outcome }) => countRenewal({ result: outcome }),
    ...cacheHooks(instruments),
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
      return {
        register: checkedRegister(options.register),
        prefix: checkedPrefix("prefix", options.prefix ?? DEFAULT_PREFIX),
      };
    },
    undefined,
    REGISTRY,
  );
}
