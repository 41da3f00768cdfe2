import { Counter, Histogram, type Registry } from "prom-client";
import type { Observer } from "../client/index.js";

interface Metric {
  readonly type: "counter" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
}

/**
 * Every metric, by its name without the prefix. Labels are bounded: scripts and versions are those of the
 * client, codes those of its error table. Neither tenants nor keys are labels.
 */
export const metrics = {
  script_calls_total: {
    type: "counter",
    labels: ["script", "version"],
    help: "Calls of a script that ended, well or not.",
  },
  script_errors_total: {
    type: "counter",
    labels: ["script", "version", "code"],
    help: "Calls of a script that ended with an error, by its code.",
  },
  script_retries_total: {
    type: "counter",
    labels: ["script", "version"],
    help: "Attempts after the first one of a call.",
  },
  script_reloads_total: {
    type: "counter",
    labels: ["script", "version"],
    help: "Times that a server had forgotten a script and it was loaded again.",
  },
  script_duration_seconds: {
    type: "histogram",
    labels: ["script", "version"],
    help: "Time from a call to its result, with all waiting and retries.",
  },
} as const satisfies Record<string, Metric>;

/** Seconds. Most calls take under a millisecond; the default deadline is one second. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Options of `prometheusObserver`. */
export interface PrometheusOptions {
  /** Where the metrics are registered. Two observers of one registry need two prefixes. */
  readonly register: Registry;
  /** Stands before every name. Default `moonpath_`. */
  readonly prefix?: string | undefined;
}

/**
 * An observer that counts calls, errors, retries and reloads and measures durations with prom-client, which
 * is an optional peer dependency.
 *
 * ```ts
 * const register = new Registry();
 * const moonpath = createMoonpath(redis, { observers: [prometheusObserver({ register })] });
 * ```
 */
export function prometheusObserver({
  register,
  prefix = "moonpath_",
}: PrometheusOptions): Required<Observer> {
  const counter = (name: keyof typeof metrics) => {
    const { help, labels } = metrics[name];
    return new Counter({ name: prefix + name, help, labelNames: [...labels], registers: [register] });
  };
  const calls = counter("script_calls_total");
  const errors = counter("script_errors_total");
  const retries = counter("script_retries_total");
  const reloads = counter("script_reloads_total");
  const { help, labels } = metrics.script_duration_seconds;
  const durations = new Histogram({
    name: `${prefix}script_duration_seconds`,
    help,
    labelNames: [...labels],
    registers: [register],
    buckets,
  });
  return {
    onCall({ script, version, outcome, durationMs }) {
      calls.inc({ script, version });
      if (outcome !== "ok") errors.inc({ script, version, code: outcome });
      durations.observe({ script, version }, durationMs / 1_000);
    },
    onRetry: ({ script, version }) => retries.inc({ script, version }),
    onReload: ({ script, version }) => reloads.inc({ script, version }),
  };
}
