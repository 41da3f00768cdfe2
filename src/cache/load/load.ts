import { checkedInteger } from "../../core/checks.js";
import { ArgumentError, LoadTimeoutError } from "../../core/errors.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../../core/limits.js";
import { checkedTags } from "../tags.js";
import { LazyAbort } from "./lazy-abort.js";
import { type Loader, UNCHANGED } from "./load-context.js";
import type { LoadLimit } from "./load-limit.js";

/** A value that a loader has returned, and what it has said about it. */
export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly isUnchanged: boolean;
  /** Tags that the loader has added. */
  readonly tags: ReadonlySet<string>;
  readonly freshMs: number | undefined;
  readonly isStorable: boolean;
  readonly durationMs: number;
}

interface LoadOptions<Fields, Value> {
  readonly loader: Loader<Fields, Value>;
  readonly fields: Fields;
  readonly tenant: string;
  readonly stale: Value | undefined;
  readonly timeoutMs: number;
  readonly mayTag: boolean;
  /** Undefined: the loader belongs to a batch, which waits for its turn. */
  readonly limit: LoadLimit | undefined;
}

/**
 * Runs a loader, within its time and the pattern's limit of loads.
 *
 * @throws LoadTimeoutError, OverloadedError, or what the loader throws
 */
export function load<Fields, Value>(options: LoadOptions<Fields, Value>): Promise<Loaded<Value>> {
  const { timeoutMs, limit } = options;
  if (limit) return limit.run(timeoutMs, () => runLoader(options));
  // The batch has a time for its turn and one for its load; its errors come before this end.
  return runLoader({ ...options, timeoutMs: Math.min(3 * timeoutMs, MAX_TIMER_MS) });
}

async function runLoader<Fields, Value>({
  loader,
  fields,
  tenant,
  stale,
  timeoutMs,
  mayTag,
}: LoadOptions<Fields, Value>): Promise<Loaded<Value>> {
  const abort = new LazyAbort();
  const tags = new Set<string>();
  let freshMs: number | undefined;
  let isStorable = true;
  const startedAt = performance.now();
  const result = await withinTime(timeoutMs, abort, () =>
    loader(fields, {
      tenant,
      get signal() {
        return abort.signal;
      },
      stale,
      tag(...names) {
        if (!mayTag)
          throw new ArgumentError("loaderTags", "true in the definition, because its loader adds tags");
        for (const name of checkedTags(names)) tags.add(name);
      },
      freshMs(ms) {
        freshMs = checkedInteger("freshMs", ms, 1, MAX_DURATION_MS);
      },
      doNotStore() {
        isStorable = false;
      },
    }),
  );
  const durationMs = performance.now() - startedAt;
  const isUnchanged = result === UNCHANGED;
  if (isUnchanged && stale === undefined) {
    throw new ArgumentError("load", "a loader that returns UNCHANGED only if there is a stale value");
  }
  const value = isUnchanged ? stale : result;
  return { value, isUnchanged, tags, freshMs, isStorable, durationMs };
}

/** The result of the work. After its time, the signal aborts. @throws LoadTimeoutError */
export function withinTime<Value>(
  timeoutMs: number,
  abort: LazyAbort,
  work: () => Promise<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new LoadTimeoutError(`the loader has not returned within ${timeoutMs} ms`);
      reject(error);
      abort.abort(error);
    }, timeoutMs);
    // A loader may also throw before it returns a promise.
    new Promise<Value>((start) => start(work())).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
