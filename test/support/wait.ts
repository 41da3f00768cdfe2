/** How long a test waits for a named event, on a machine that is busy with other tests. */
const LIMIT_MS = 15_000;
const EVERY_MS = 20;

/** A promise that a test settles itself. */
export interface Deferred<Value> {
  /** Rejects with the name if nothing has settled it within the limit. */
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

/**
 * Something that is to happen in a test, by its name: `deferred("the early item is handled")`. The
 * limit counts from the first use of `promise`.
 */
export function deferred<Value = void>(name: string, limitMs = LIMIT_MS): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const settled = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  settled.catch(() => undefined);
  let limited: Promise<Value> | undefined;
  return {
    get promise() {
      limited ??= within(name, settled, limitMs);
      return limited;
    },
    resolve: (value) => resolve(value),
    reject: (error) => reject(error),
  };
}

/**
 * The result of the work, or an error that names it: "'the early item is handled' did not happen
 * within 15 s".
 */
export async function within<Value>(name: string, work: Promise<Value>, limitMs = LIMIT_MS): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(didNotHappen(name, limitMs)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Repeats assertions until they hold, for a state without an event. The error names what did not
 * happen, and its cause is the assertion that failed last.
 */
export async function eventually(name: string, assertions: () => unknown, limitMs = LIMIT_MS): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      await within(name, Promise.resolve().then(assertions), Math.max(1, end - performance.now()));
      return;
    } catch (error) {
      if (performance.now() >= end) throw didNotHappen(name, limitMs, error);
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** Resolves when the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  const ended = deferred("the signal aborts");
  if (signal.aborted) ended.resolve();
  else signal.addEventListener("abort", () => ended.resolve(), { once: true });
  return ended.promise;
}

function didNotHappen(name: string, limitMs: number, cause?: unknown): Error {
  return new Error(`'${name}' did not happen within ${limitMs / 1_000} s`, { cause });
}
