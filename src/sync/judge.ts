import { AbortedError, type MoonpathError, OutcomeUnknownError } from "../core/errors.js";
import {
  type SyncFacts,
  SyncRefusedError,
  SyncTimeoutError,
  SyncUnavailableError,
} from "../core/http/sync-errors.js";
import type { AttemptResult } from "./attempt.js";
import type { HostHealth } from "./breaker.js";
import type { SyncRequest } from "./request.js";

/** Statuses by which a service says that it has not run the request, and that it may be sent again. */
const NOT_RUN = new Set([408, 425, 429, 503]);

export function isSuccess({ httpStatus }: { readonly httpStatus: number }): boolean {
  return httpStatus >= 200 && httpStatus < 300;
}

/** Whether the service says that it has too much work: by 429, 503, or no answer in time. */
export function isOverload(result: AttemptResult): boolean {
  if (result.kind === "timeout") return result.isLong;
  return result.kind === "answer" && (result.httpStatus === 429 || result.httpStatus === 503);
}

/** What the result says about the host. A probe that shows nothing has failed: the breaker needs a result. */
export function healthOf(result: AttemptResult, isProbe: boolean): HostHealth {
  switch (result.kind) {
    case "answer":
      if (result.httpStatus >= 500) return "failed";
      // The limit of one client says nothing about the others.
      return result.httpStatus === 429 && !isProbe ? "nothing" : "works";
    case "lost":
      return "failed";
    case "timeout":
      return result.isLong || isProbe ? "failed" : "nothing";
    case "aborted":
      return isProbe ? "failed" : "nothing";
  }
}

/** Whether the service may have run the request, although it has not answered with success. */
export function mayHaveRun(result: AttemptResult): boolean {
  switch (result.kind) {
    case "answer":
      return result.httpStatus >= 500 && !NOT_RUN.has(result.httpStatus);
    case "lost":
      return !result.isUnsent;
    case "timeout":
    case "aborted":
      return true;
  }
}

/** Whether the same request may have another result when it is sent again, and does no harm then. */
export function mayRetry(result: AttemptResult, { isWrite, hasKey }: SyncRequest): boolean {
  if (isWrite && !hasKey && mayHaveRun(result)) return false;
  switch (result.kind) {
    case "answer":
      return result.httpStatus >= 500 || NOT_RUN.has(result.httpStatus);
    case "lost":
    case "timeout":
      return true;
    case "aborted":
      return false;
  }
}

/**
 * The error of a call whose last attempt had this result.
 *
 * @param mayHaveRunBefore whether the service may have run an attempt of a write
 */
export function errorOf(
  result: AttemptResult,
  { isWrite }: SyncRequest,
  attempts: number,
  mayHaveRunBefore: boolean,
): MoonpathError {
  const error = failureOf(result, attempts);
  if (!isWrite || !mayHaveRunBefore) return error;
  return new OutcomeUnknownError(
    "a write was sent to another service, and it is unknown whether it has run",
    {
      cause: error,
    },
  );
}

function failureOf(result: AttemptResult, attempts: number): MoonpathError {
  switch (result.kind) {
    case "answer": {
      const { httpStatus, retryAfterMs } = result;
      const facts: SyncFacts = { attempts, httpStatus, retryAfterMs };
      const isRefused = httpStatus < 500 && !NOT_RUN.has(httpStatus);
      if (isRefused) return new SyncRefusedError(`the service answered with ${httpStatus}`, facts);
      return new SyncUnavailableError(`the service answered with ${httpStatus}`, facts);
    }
    case "lost":
      return new SyncUnavailableError("the connection has failed", { attempts, cause: result.cause });
    case "timeout":
      return new SyncTimeoutError("the service did not answer in time", { attempts });
    case "aborted":
      return new AbortedError("the caller's signal has ended the call");
  }
}
