import { setMaxListeners } from "node:events";
import { ArgumentError, type ErrorFacts } from "./errors.js";
import { readFrom } from "./read-from.js";

const expected = "an AbortSignal";

/**
 * The signal, or undefined where there is none. Also one of another realm, or of a library: what counts is that it says
 * whether it has aborted, and takes and drops listeners.
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
  // Whether it takes a listener has to be known before anything is sent.
  if (signal.addEventListener !== EventTarget.prototype.addEventListener) {
    listenForAbort(signal, noop, facts);
    stopListening(signal, noop);
  }
  return signal;
}

const noop = () => {};

/** Whether the signal has aborted. One that fails to say so has not. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  try {
    return signal?.aborted === true;
  } catch {
    return false;
  }
}

/** Why the signal has aborted, where it says so. */
export function abortReasonOf(signal: AbortSignal | undefined): unknown {
  try {
    return signal?.reason;
  } catch {
    return undefined;
  }
}

/**
 * Calls `onAbort` once when the signal aborts. One signal may end any number of calls, and each lets go of it: there is no
 * leak for Node to warn of.
 *
 * @throws ArgumentError when the signal refuses the listener
 */
export function listenForAbort(signal: AbortSignal, onAbort: () => void, facts?: ErrorFacts): void {
  readFrom(
    "signal",
    () => {
      // A library's own signal is no EventTarget, and Node counts nothing there.
      if (signal instanceof EventTarget) setMaxListeners(0, signal);
      signal.addEventListener("abort", onAbort, { once: true });
    },
    facts,
    expected,
  );
}

/** Ends `listenForAbort`. A signal that fails to drop its listener keeps it; the listener does nothing any more. */
export function stopListening(signal: AbortSignal | undefined, onAbort: () => void): void {
  try {
    signal?.removeEventListener("abort", onAbort);
  } catch {}
}
