import { type ErrorFacts, MoonpathError } from "../errors.js";

/** The facts of a failed call to another service. */
export interface SyncFacts extends ErrorFacts {
  /** How often the service was asked. Default 0. */
  readonly attempts?: number | undefined;
  /** The status of its last answer; undefined without an answer. */
  readonly httpStatus?: number | undefined;
  /** Its `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The base class of failed calls to another service. No error holds the URL, a field, a body or an
 * idempotency key.
 */
abstract class SyncError extends MoonpathError {
  /** How often the service was asked. */
  readonly attempts: number;
  /** The status of its last answer; undefined without an answer. */
  readonly httpStatus: number | undefined;
  /** Its `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(detail: string, { attempts = 0, httpStatus, retryAfterMs, ...facts }: SyncFacts = {}) {
    super(detail, facts);
    this.attempts = attempts;
    this.httpStatus = httpStatus;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Another service refused the request, for example with 404. It does not help to repeat it. */
export class SyncRefusedError extends SyncError {
  override readonly code = "SYNC_REFUSED";
}

/** Another service could not be reached, or answered that it has failed. */
export class SyncUnavailableError extends SyncError {
  override readonly code = "SYNC_UNAVAILABLE";
}

/** Another service did not answer before the deadline. A write ends with `OutcomeUnknownError` instead. */
export class SyncTimeoutError extends SyncError {
  override readonly code = "SYNC_TIMEOUT";
}

/** The facts of an answer that is not the expected one. */
export interface SyncReplyFacts extends SyncFacts {
  /** Where the schema found an issue, such as `items.0.price`. */
  readonly paths?: readonly string[] | undefined;
}

/** Another service answered with success, but the body is too large, no JSON, or does not fit the schema. */
export class SyncReplyError extends SyncError {
  override readonly code = "SYNC_REPLY";
  /**
   * Where the schema found an issue, such as `items.0.price`; at most ten. They are neither in the message
   * nor in `toJSON()`, because a name in the body may be a value of its own.
   */
  readonly paths: readonly string[];

  constructor(detail: string, { paths = [], ...facts }: SyncReplyFacts = {}) {
    super(detail, facts);
    this.paths = paths;
    Object.defineProperty(this, "paths", { enumerable: false });
  }
}

/** The breaker of the host is open: the host has failed so often that it is not asked at this time. */
export class CircuitOpenError extends SyncError {
  override readonly code = "CIRCUIT_OPEN";
}
