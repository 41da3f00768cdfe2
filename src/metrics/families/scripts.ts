import type { Observer } from "../../client/index.js";
import type { BucketCounts } from "../counted-histogram.js";
import type { Instruments } from "../instruments.js";
import type { LabelsOf } from "../table.js";

type Version = LabelsOf<"script_calls_total">;
type Code = LabelsOf<"script_errors_total">["code"];

/** The calls of one version of a script since the last collection, and all their times. */
interface Calls {
  readonly labels: Version;
  count: number;
  readonly errors: Map<Code, number>;
  readonly seconds: BucketCounts;
}

/**
 * Counts calls, errors, retries and reloads of scripts. A call costs less than a labelled counter of
 * prom-client, so calls are counted here, and exported when they are read.
 */
export function scriptHooks(
  instruments: Instruments,
): Required<Pick<Observer, "onCall" | "onRetry" | "onReload">> {
  const scripts = new Map<string, Map<string, Calls>>();
  const all = () => [...scripts.values()].flatMap((versions) => [...versions.values()]);
  const callsOf = (script: string, version: string): Calls => {
    const versions = scripts.get(script) ?? new Map<string, Calls>();
    scripts.set(script, versions);
    const labels = { script, version };
    const calls: Calls = {
      labels,
      count: 0,
      errors: new Map(),
      seconds: instruments.buckets("script_duration_seconds"),
    };
    versions.set(version, calls);
    return calls;
  };
  const countCalls = instruments.counter("script_calls_total", () => {
    for (const calls of all()) {
      if (calls.count > 0) countCalls(calls.labels, calls.count);
      calls.count = 0;
    }
  });
  const countErrors = instruments.counter("script_errors_total", () => {
    for (const { labels, errors } of all()) {
      for (const [code, count] of errors) countErrors({ ...labels, code }, count);
      errors.clear();
    }
  });
  const countRetry = instruments.counter("script_retries_total");
  const countReload = instruments.counter("script_reloads_total");
  instruments.countedHistogram(
    "script_duration_seconds",
    () => all().map(({ labels, seconds }) => [labels, seconds] as const),
    () => scripts.clear(),
  );
  return {
    onCall({ script, version, outcome, durationMs }) {
      const calls = scripts.get(script)?.get(version) ?? callsOf(script, version);
      calls.count++;
      if (outcome !== "ok") calls.errors.set(outcome, (calls.errors.get(outcome) ?? 0) + 1);
      calls.seconds.observe(durationMs / 1_000);
    },
    onRetry: ({ script, version }) => countRetry({ script, version }),
    onReload: ({ script, version }) => countReload({ script, version }),
  };
}
