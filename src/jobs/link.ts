import { setMaxListeners } from "node:events";

/** A signal that is aborted with any of several others, and lets go of them when it is not needed any more. */
export interface Link {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  /** Called in a `finally`: `AbortSignal.any` would stay with a source that outlives it. */
  release(): void;
}

export function linkTo(...sources: readonly (AbortSignal | undefined)[]): Link {
  const controller = new AbortController();
  // One listener for each job, and for each call that a job makes.
  setMaxListeners(0, controller.signal);
  const given = sources.filter((source) => source !== undefined);
  const look = () => {
    const aborted = given.find((source) => source.aborted);
    if (aborted) controller.abort(aborted.reason);
  };
  for (const source of given) source.addEventListener("abort", look, { once: true });
  look();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release() {
      for (const source of given) source.removeEventListener("abort", look);
    },
  };
}
