import { setMaxListeners } from "node:events";
import { isAborted, listenForAbort, reasonOf, stopListening } from "./abort-signal.js";

/** A signal that aborts with the first of several others, and stops listening to them on `release()`. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  /** Call it in a `finally`. `AbortSignal.any` would keep its listener on a source that lives longer. */
  release(): void;
}

export function linkedSignal(...sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  // Each job and each of its calls adds a listener, so Node must not warn of a leak.
  setMaxListeners(0, controller.signal);
  const given = sources.filter((source) => source !== undefined);
  const look = () => {
    const aborted = given.find(isAborted);
    if (aborted) controller.abort(reasonOf(aborted));
  };
  for (const source of given) listenForAbort(source, look);
  look();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release() {
      for (const source of given) stopListening(source, look);
    },
  };
}
