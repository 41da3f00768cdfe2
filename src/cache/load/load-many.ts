import { ArgumentError } from "../../core/errors.js";
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

/** The same function, with its result checked. A call counts as one load of the pattern. */
export function limitedLoadMany<Fields, Value>(
  loadMany: LoadMany<Fields, Value>,
  limit: LoadLimit,
  waitMs: number,
): LoadMany<Fields, Value> {
  return async (fields, context) => {
    const values = await limit.run(waitMs, async () => loadMany(fields, context));
    if (Array.isArray(values) && values.length === fields.length) return values;
    throw new ArgumentError(
      "loadMany",
      "a function that returns a list with one value for each of the fields",
    );
  };
}

/** Loads one value with a loader of many. */
export function loaderOfOne<Fields, Value>(loadMany: LoadMany<Fields, Value>): Loader<Fields, Value> {
  return async (fields, { tenant, signal }) => {
    const [value] = await loadMany([fields], { tenant, signal });
    return value;
  };
}
