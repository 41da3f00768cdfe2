import { ArgumentError } from "../../core/errors.js";
import type { ObservedCalls } from "../observed-calls.js";
import type { EntryRecorder } from "../record/recorder.js";
import { LazyAbort } from "./lazy-abort.js";
import { withinTime } from "./load.js";
import type { Loader } from "./load-context.js";
import type { LoadLimit } from "./load-limit.js";

/** What the loader of many values is given besides their fields. */
export interface LoadManyContext {
  readonly tenant: string;
  /** Aborts after `loadTimeoutMs`. */
  readonly signal: AbortSignal;
}

/** Loads several values, in the order of their fields. `undefined`: the source has none. */
export type LoadMany<Fields, Value> = (
  fields: readonly Fields[],
  context: LoadManyContext,
) => Promise<readonly (Value | undefined)[]>;

/** Makes one call of the loader for the entries of a batch. */
export type LoadBatched<Fields, Value> = (
  fields: readonly Fields[],
  tenant: string,
) => Promise<readonly (Value | undefined)[]>;

/** The same function, in its time and with a checked result. A call counts as one load of the pattern. */
export function limitedLoadMany<Fields, Value>(
  loadMany: LoadMany<Fields, Value>,
  limit: LoadLimit,
  {
    loadTimeoutMs: timeoutMs,
    calls,
    recorder,
  }: {
    readonly loadTimeoutMs: number;
    readonly calls: ObservedCalls;
    readonly recorder: EntryRecorder | undefined;
  },
): LoadBatched<Fields, Value> {
  return async (fields, tenant) => {
    const load = () => {
      const abort = new LazyAbort();
      const context: LoadManyContext = {
        tenant,
        get signal() {
          return abort.signal;
        },
      };
      return withinTime(timeoutMs, abort, () => loadMany(fields, context));
    };
    const timed = async () => {
      const startedAt = performance.now();
      const values = await load();
      recorder?.batchLoaded(performance.now() - startedAt);
      return values;
    };
    const run = async () => checked(await limit.run(timeoutMs, recorder ? timed : load), fields.length);
    return calls.load(run);
  };
}

function checked<Value>(values: readonly Value[], count: number): readonly Value[] {
  if (Array.isArray(values) && values.length === count) return values;
  throw new ArgumentError("loadMany", "a function that returns a list with one value for each of the fields");
}

/** Loads one value with a loader of many. */
export function loaderOfOne<Fields, Value>(loadMany: LoadMany<Fields, Value>): Loader<Fields, Value> {
  return async (fields, { tenant, signal }) => {
    const [value] = checked(await loadMany([fields], { tenant, signal }), 1);
    return value;
  };
}
