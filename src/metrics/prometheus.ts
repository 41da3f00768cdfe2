import { Counter, Histogram, type Registry } from "prom-client";
import { ArgumentError, type Observer } from "../client/index.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";

interface Metric {
  readonly type: "counter" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
}

/**
 * All metrics by name, without the prefix. The number of label values is bounded: `script` and
 * `version` come from the generated code, `code` from the error table. No label holds a tenant or
 * a key.
 */
export const metrics = {
  script_calls_total: {
    type: "counter",
    labels: ["script", "version"],
    help: "Calls of a script that succeeded or failed.",
  },
  script_errors_total: {
    type: "counter",
    labels: ["script", "version", "code"],
    help: "Calls of a script that failed, by error code.",
  },
  script_retries_total: {
    type: "counter",
    labels: ["script", "version"],
    help: "Attempts after the first attempt of a call.",
  },
  script_reloads_total: {
    type: "counter",
    labels: ["script", "version"],
    help: "Loads of a script that a server no longer had in its script cache.",
  },
  limit_takes_total: {
    type: "counter",
    labels: ["outcome", "degraded"],
    help: "Answers of limit.take. Degraded ones came without Redis.",
  },
  credential_renewals_total: {
    type: "counter",
    labels: ["outcome"],
    help: "Requests for credentials: renewed, or failed because none came or a server refused them.",
  },
  script_duration_seconds: {
    type: "histogram",
    labels: ["script", "version"],
    help: "Time from a call to its result, including waits and retries.",
  },
} as const satisfies Record<string, Metric>;

/** In seconds. Most calls take less than a millisecond; the default deadline is one second. */
const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

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
  const counter = (name: keyof typeof metrics) => {
    const { help, labels } = metrics[name];
    return new Counter({ name: prefix + name, help, labelNames: [...labels], registers: [register] });
  };
  const calls = counter("script_calls_total");
  const errors = counter("script_errors_total");
  const retries = counter("script_retries_total");
  const reloads = counter("script_reloads_total");
  const takes = counter("limit_takes_total");
  const renewals = counter("credential_renewals_total");
  const { help, labels } = metrics.script_duration_seconds;
  const durations = new Histogram({
    name: `${prefix}script_duration_seconds`,
    help,
    labelNames: [...labels],
    registers: [register],
    buckets: BUCKETS_SECONDS,
  });
  return {
    onCall({ script, version, outcome, durationMs }) {
      calls.inc({ script, version });
      if (outcome !== "ok") errors.inc({ script, version, code: outcome });
      durations.observe({ script, version }, durationMs / 1_000);
    },
    onRetry: ({ script, version }) => retries.inc({ script, version }),
    onReload: ({ script, version }) => reloads.inc({ script, version }),
    onCredentials: ({ outcome }) => renewals.inc({ outcome }),
    onTake: ({ outcome, degraded }) => takes.inc({ outcome, degraded: String(degraded) }),
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
