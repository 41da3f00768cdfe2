import { LostError } from "../../core/errors.js";
import { HANDLER_TIMEOUT, LEASE_LOST, type Problem } from "../problem.js";

/**
 * Calls `onLate` with the problem of a handler that gives no reply within `graceMs` after its signal
 * has aborted. Returns a function that ends the watch.
 */
export function watchLate(
  signal: AbortSignal,
  graceMs: number,
  onLate: (problem: Problem) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => {
      onLate(signal.reason instanceof LostError ? LEASE_LOST : HANDLER_TIMEOUT);
    }, graceMs).unref();
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  };
}
