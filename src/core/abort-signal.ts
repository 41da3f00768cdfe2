import { setMaxListeners } from "node:events";
import { ArgumentError, type ErrorFacts } from "./errors.js";
import { readFrom } from "./read-from.js";

const expected = "an AbortSignal";

/**
 * Checks that the signal has `aborted`, `addEventListener` and `removeEventListener`. It may come
 * from another realm or from a library.
 *
 * @throws ArgumentError that names `signal`
 */
export function checkedSignal(signal: AbortSignal | undefined, facts?: ErrorFacts): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  const fits = readFrom(
    "signal",
    () =>
      typeof signal === "object" &&
      signal !== null &&
      typeof signal.aborted === "boolean" &&
      typeof signal.addEventListener === "function" &&
      typeof signal.removeEventListener === "function",
    facts,
    expected,
  );
  if (!fits) throw new ArgumentError("signal", expected, facts);
  // A signal that refuses a listener must fail here, before anything is sent.
  if (signal.addEventListener !== EventTarget.prototype.addEventListener) {
    listenForAbort(signal, noop, facts);
    stopListening(signal, noop);
  }
  return signal;
}

const noop = () => {};

/** Whether the signal has aborted; false if its `aborted` throws. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  try {
    return signal?.aborted === true;
  } catch {
    return false;
  }
}

/** The reason of the abort; undefined if `reason` throws. */
export function abortReasonOf(signal: AbortSignal | undefined): unknown {
  try {
    return signal?.reason;
  } catch {
    return undefined;
  }
}

/**
 * Calls `onAbort` once when the signal aborts. It disables Node's warning about many listeners,
 * because every call removes its own.
 *
 * @throws ArgumentError if the signal refuses the listener
 */
export function listenForAbort(signal: AbortSignal, onAbort: () => void, facts?: ErrorFacts): void {
  readFrom(
    "signal",
    () => {
      // A signal of a library may be no EventTarget. Node does not count its listeners.
      if (signal instanceof EventTarget) setMaxListeners(0, signal);
      signal.addEventListener("abort", onAbort, { once: true });
    },
    facts,
    expected,
  );
}

/** Ends `listenForAbort`. If the signal keeps the listener, the listener does nothing. */
export function stopListening(signal: AbortSignal | undefined, onAbort: () => void): void {
  try {
    signal?.removeEventListener("abort", onAbort);
  } catch {}
}

/**
 * A signal that aborts when the first of several others aborts. `release()` stops listening to
 * them.
 */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  /**
   * Call it in a `finally`. `AbortSignal.any` would keep its listener on a source that lives
   * longer.
   */
  release(): void;
}

/** Links a new signal to the sources that are not undefined. */
export function linkedSignal(...sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  // Each job and each of its calls adds a listener, so Node must not warn of a leak.
  setMaxListeners(0, controller.signal);
  const present = sources.filter((source) => source !== undefined);
  const abortIfAnyAborted = () => {
    const aborted = present.find(isAborted);
    if (aborted) controller.abort(abortReasonOf(aborted));
  };
  for (const source of present) listenForAbort(source, abortIfAnyAborted);
  abortIfAnyAborted();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release() {
      for (const source of present) stopListening(source, abortIfAnyAborted);
    },
  };
}
