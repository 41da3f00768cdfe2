import { setMaxListeners } from "node:events";
import { abortReasonOf, isAborted, listenForAbort, stopListening } from "./abort-signal.js";

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
