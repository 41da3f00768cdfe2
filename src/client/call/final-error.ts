import { WaitEnded } from "../../core/deadline.js";
import {
  AbortedError,
  ClosedError,
  DeadlineError,
  MoonpathError,
  NotReplicatedError,
  OutcomeUnknownError,
  UnavailableError,
} from "../../core/errors.js";
import type { EncodedCall, ScriptForm } from "../script/script.js";
import type { CallState } from "./call-state.js";
import { isServerError, NotSentError } from "./failure.js";
import { safeCause, typedError } from "./typed-error.js";

/** The error that the caller receives after the last attempt. */
export function finalError(
  script: ScriptForm,
  call: EncodedCall,
  state: CallState,
  error: unknown,
): MoonpathError {
  if (error instanceof NotReplicatedError) return error;
  const cause = error instanceof Error ? safeCause(error, call, script.keyPatterns) : undefined;
  const { connectionError } = state;
  const connectionCause = connectionError && safeCause(connectionError, call, script.keyPatterns);
  if (state.awaitsReplicas) {
    const why = error instanceof WaitEnded ? replicaEndTexts[error.reason] : "the connection was lost";
    return new NotReplicatedError(`${why} before the replicas had acknowledged`, { script, cause });
  }
  if (script.writes && (state.isReplyLost || state.isPending)) {
    const why = error instanceof WaitEnded ? endTexts[error.reason] : "no answer came back";
    return new OutcomeUnknownError(`${why}; the script may or may not have run`, { script, cause });
  }
  if (error instanceof WaitEnded && error.reason === "aborted") {
    return new AbortedError(endTexts.aborted, { script });
  }
  if (error instanceof WaitEnded && state.refusal && !state.isPending) {
    return typedError(script, call, state.refusal);
  }
  if (error instanceof NotSentError && error.permanentReason === "closed") {
    return new ClosedError("the client was closed while the call waited", { script });
  }
  if (error instanceof WaitEnded && state.isSent) {
    return new DeadlineError(endTexts.deadline, { script });
  }
  if (error instanceof WaitEnded) {
    return new UnavailableError(withCause("no usable connection in time", connectionCause), {
      script,
      cause: connectionCause,
    });
  }
  if (error instanceof MoonpathError) return error;
  if (isServerError(error)) return typedError(script, call, error);
  return new UnavailableError(withCause(cause?.message ?? "the connection failed", connectionCause), {
    script,
    cause: connectionCause ?? cause,
  });
}

/** The text, and what the connection has reported. */
export function withCause(text: string, error: Error | undefined): string {
  return error === undefined ? text : `${text}: ${error.message}`;
}

const replicaEndTexts = { deadline: "the deadline passed", aborted: "the call was aborted" } as const;
const endTexts = { deadline: "no answer before the deadline", aborted: "the call was aborted" } as const;
