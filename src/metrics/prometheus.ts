import { Counter, Histogram, type Registry } from "prom-client";
import { ArgumentError, type Observer } from "../client/index.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import { type LabelsOf, type MetricNameOf, metrics } from "./table.js";

export { type MetricName, metricLabels, metrics } from "./table.js";

/** Options of `prometheusObserver`. */
export interface PrometheusOptions {
  /** The prom-client registry. Two observers with one registry need different prefixes. */
  readonly register: Registry;
  /** The prefix of each metric name. Default `moonpath_`. */
  readonly prefix?: string | undefined;
}

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
  const { register, prefix } = readFrom("register", () => checkedOptions(options), undefined, REGISTRY);
  const counter = <Name extends MetricNameOf<"counter">>(name: Name) => {
    const { help, labels } = metrics[name];
    const metric = new Counter({ name: prefix + name, help, labelNames: [...labels], registers: [register] });
    return (values: LabelsOf<Name>) => metric.inc(values);
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
  };
}

const REGISTRY = "a Registry of prom-client";

const prometheusOptions: OptionNames<PrometheusOptions> = { register: true, prefix: true };

/** @throws ArgumentError */
function checkedOptions(
  options: PrometheusOptions,
): Required<PrometheusOptions> & { readonly prefix: string } {
  refuseUnknownOptions(options, prometheusOptions);
  const { register, prefix = "moonpath_" } = options;
  // The class may come from another copy of prom-client.
  if (typeof register.registerMetric !== "function") throw new ArgumentError("register", REGISTRY);
  return { register, prefix };
}
