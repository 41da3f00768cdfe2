import { type ErrorCode, errorTable } from "./error-table.js";
import { printable } from "./printable.js";

export { type ErrorCode, errorTable } from "./error-table.js";

/** What errors and observers know of a script. */
export interface ScriptFacts {
  readonly name: string;
  readonly version: string;
  readonly keyPatterns: readonly string[];
}

/** What an error knows besides its code. */
export interface ErrorFacts {
  readonly script?: ScriptFacts | undefined;
  /** File and line of the Lua source, for example `lua/stock/set_level.lua:31`. */
  readonly source?: string | undefined;
  readonly cause?: Error | undefined;
}

/**
 * The base of all errors of the client. None carries a key, an argument or a stored value, and neither does
 * its `cause`. A message is one printable line; what a server says is cut after 1,000 characters.
 *
 * ```ts
 * try { await acme.stock.adjust({ … }); }
 * catch (error) { if (error instanceof MoonpathError) reply.code(error.status).send({ code: error.code }); }
 * ```
 */
export abstract class MoonpathError extends Error {
  abstract readonly code: ErrorCode;
  /** The script's name, for example `stock.set_level`; absent when no script was involved. */
  readonly script: string | undefined;
  readonly version: string | undefined;
  /** Patterns of the script's keys, never the keys themselves. */
  readonly keyPatterns: readonly string[];
  readonly source: string | undefined;

  constructor(detail: string, { script, source, cause }: ErrorFacts = {}) {
    const head = script ? `${script.name} ${script.version}${source ? ` at ${source}` : ""}: ` : "";
    super(head + printable(detail), cause ? { cause } : undefined);
    this.name = new.target.name;
    this.script = script?.name;
    this.version = script?.version;
    this.keyPatterns = script?.keyPatterns ?? [];
    this.source = source;
  }

  /** Whether the same call may succeed when it is made again later. */
  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  /** The HTTP status that fits this error. */
  get status(): number {
    return errorTable[this.code].status;
  }

  toJSON(): Record<string, unknown> {
    const { name, code, message, script, version, keyPatterns, source, retryable } = this;
    return { name, code, message, script, version, keyPatterns, source, retryable };
  }
}

/** `argument` names it; the message says what is expected, never what was given. */
export class ArgumentError extends MoonpathError {
  override readonly code = "ARGUMENT";

  constructor(
    readonly argument: string,
    readonly expected: string,
    facts?: ErrorFacts,
  ) {
    super(`argument ${argument}: ${expected}`, facts);
  }

  /** The same error with the script that was called. */
  of(script: ScriptFacts): ArgumentError {
    return new ArgumentError(this.argument, this.expected, { script });
  }
}

/** `field` names the part of the reply that is not as declared. */
export class ReplyError extends MoonpathError {
  override readonly code = "REPLY";

  constructor(
    readonly field: string,
    readonly expected: string,
    facts?: ErrorFacts,
  ) {
    super(`reply field ${field}: ${expected}`, facts);
  }

  /** The same error with the script that was called. */
  of(script: ScriptFacts): ReplyError {
    return new ReplyError(this.field, this.expected, { script });
  }
}

/** A key holds another type than the script works on. Nothing was written. */
export class WrongTypeError extends MoonpathError {
  override readonly code = "WRONG_TYPE";
}

/** A stored value breaks its own rules; the message says which. Nothing was written. */
export class CorruptError extends MoonpathError {
  override readonly code = "CORRUPT";
}

/** Redis is at its `maxmemory` and evicts nothing. Nothing was written. */
export class OutOfMemoryError extends MoonpathError {
  override readonly code = "OUT_OF_MEMORY";
}

/** The server is a replica, and no primary was found in time. Nothing was written. */
export class ReadOnlyError extends MoonpathError {
  override readonly code = "READ_ONLY";
}

/** The Redis user may not do what the script does; `generated/acl` has its rights. */
export class NoPermissionError extends MoonpathError {
  override readonly code = "NO_PERMISSION";
}

/** The server does not have the script, and the Redis user may not load it. Nothing ran; `moonpath load` loads it. */
export class ScriptNotLoadedError extends MoonpathError {
  override readonly code = "SCRIPT_NOT_LOADED";
}

/** Redis could not be reached, or is loading or without its primary. Nothing was written. */
export class UnavailableError extends MoonpathError {
  override readonly code = "UNAVAILABLE";
}

/** A call that only reads had no answer within `deadlineMs`. One that writes is an `OutcomeUnknownError`. */
export class DeadlineError extends MoonpathError {
  override readonly code = "DEADLINE";
}

/** The caller's signal was aborted, before the call was sent or while a lock was waited for. */
export class AbortedError extends MoonpathError {
  override readonly code = "ABORTED";
}

/** The call was sent, and no answer came: it may have happened. Send it again where the script says that this is safe. */
export class OutcomeUnknownError extends MoonpathError {
  override readonly code = "OUTCOME_UNKNOWN";
}

/** Redis refused the call in a way that no other class describes. */
export class ScriptError extends MoonpathError {
  override readonly code = "SCRIPT";
}

/** The client was closed. Nothing was sent. */
export class ClosedError extends MoonpathError {
  override readonly code = "CLOSED";
}

/** What `BusyError` and `InProgressError` know of who is at it. */
export interface HolderFacts extends ErrorFacts {
  /** The owner that has it, where that is known. */
  readonly holder?: string | undefined;
  /** Milliseconds until the holder's lease ends, unless renewed. */
  readonly retryAfterMs?: number | undefined;
}

/** Somebody else has the lock. */
export class BusyError extends MoonpathError {
  override readonly code = "BUSY";
  readonly holder: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(detail: string, facts: HolderFacts = {}) {
    super(detail, facts);
    this.holder = facts.holder;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** The same request is being worked on right now. */
export class InProgressError extends MoonpathError {
  override readonly code = "IN_PROGRESS";
  readonly retryAfterMs: number | undefined;

  constructor(detail: string, facts: HolderFacts = {}) {
    super(detail, facts);
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** What was held is held no more: its lease is over, or somebody else has it. */
export class LostError extends MoonpathError {
  override readonly code = "LOST";
}

/** The write is there, but fewer than `minReplicas` replicas confirmed it in time. */
export class NotReplicatedError extends MoonpathError {
  override readonly code = "NOT_REPLICATED";
}

/** The server may evict keys that a promise rests on; the message names its `maxmemory-policy`. */
export class EvictionError extends MoonpathError {
  override readonly code = "EVICTION";
}

/** The server's version has a defect with which the scripts would store what they cannot read. */
export class UnsupportedServerError extends MoonpathError {
  override readonly code = "UNSUPPORTED_SERVER";
}

/** The same request name came with another payload. */
export class PayloadMismatchError extends MoonpathError {
  override readonly code = "PAYLOAD_MISMATCH";
}

/** The request ran before and ended with an error, which was recorded as its result. */
export class RecordedError extends MoonpathError {
  override readonly code = "RECORDED";
}

/** A later holder has written with a higher fence. Nothing was written. */
export class StaleFenceError extends MoonpathError {
  override readonly code = "STALE_FENCE";
}

/** Redis and the database disagree about what was applied; somebody has to look. */
export class ReconcileError extends MoonpathError {
  override readonly code = "RECONCILE";
}
