import { setTimeout as pause } from "node:timers/promises";
import { isAborted } from "../core/abort-signal.js";
import { Deadline, WaitEnded } from "../core/deadline.js";
import { AbortedError, ClosedError, MoonpathError, UnavailableError } from "../core/errors.js";
import { isServerError, NotSentError } from "./call/failure.js";
import { withCause } from "./call/final-error.js";
import { type CallOptions, checkedOptions } from "./call/options.js";
import { safeCause, typedError } from "./call/typed-error.js";
import type { Topology } from "./connection/topology.js";
import { defaults } from "./defaults.js";

/** Resolves when every server has all scripts; see `ScriptClient.ready`. */
export async function whenReady(topology: Topology, options?: CallOptions): Promise<void> {
  const { deadlineMs, signal } = checkedOptions(options, defaults.readyMs.value);
  if (isAborted(signal)) throw abortedError();
  const deadline = new Deadline(deadlineMs, signal);
  try {
    await deadline.race(whenLoaded(topology, deadline));
  } catch (error) {
    if (error instanceof MoonpathError) throw error;
    if (error instanceof WaitEnded && error.reason === "aborted") throw abortedError();
    if (error instanceof NotSentError && error.permanentReason === "closed") throw closedError();
    if (isServerError(error)) throw typedError(undefined, { keys: [], args: [] }, error);
    const { connectionError } = deadline;
    const cause = connectionError && safeCause(connectionError, { keys: [], args: [] }, []);
    throw new UnavailableError(withCause("the scripts could not be loaded in time", cause), { cause });
  } finally {
    deadline.release();
  }
}

async function whenLoaded(topology: Topology, deadline: Deadline): Promise<void> {
  for (;;) {
    try {
      return await topology.whenLoaded(deadline);
    } catch (error) {
      // A connection or a node was lost. It tries again until the deadline.
      if (!(error instanceof NotSentError) || error.permanentReason || deadline.endedBy) throw error;
      topology.refreshSoon();
      await pause(defaults.firstDelayMs.value);
    }
  }
}

/** The error of `ready()` and of calls after `close()`. */
export function closedError(): ClosedError {
  return new ClosedError("the client was closed");
}

function abortedError(): AbortedError {
  return new AbortedError("the wait was aborted");
}
