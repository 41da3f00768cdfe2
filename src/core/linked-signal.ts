import { setMaxListeners } from "node:events";
import { isAborted, listenForAbort, reasonOf, stopListening } from "./abort-signal.js";

/** A signal that is aborted with any of several others, and lets go of them when it is not needed any more. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  /** Called in a `finally`: `AbortSignal.any` would stay with a source that outlives it. */
  release(): void;
}

export function linkedSignal(...sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  // One listener for each job, and for each call that a job makes.
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
