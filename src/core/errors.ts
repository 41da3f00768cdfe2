import { type ErrorCode, errorFacts } from "./error-facts.js";
import { printable } from "./printable.js";

export type { ErrorCode } from "./error-facts.js";
export { errorTable } from "./error-table.js";

/** The facts about a script that errors and observers receive. */
export interface ScriptFacts {
  readonly name: string;
  readonly version: string;
  readonly keyPatterns: readonly string[];
}

/** The facts of an error, besides its code. */
export interface ErrorFacts {
  readonly script?: ScriptFacts | undefined;
  /** File and line of the Lua source, for example `lua/stock/set_level.lua:31`. */
  readonly source?: string | undefined;
  readonly cause?: Error | undefined;
}

/**
 * The base class of all errors. Neither an error nor its `cause` holds a key, an argument or a
 * stored value. A message is one printable line of at most 1,000 characters after the script's
 * name.
 *
 * ```ts
 * try {
 *   await acme.stock.read({ product: "lamp", low: 5 });
 * } catch (error) {
 *   if (error instanceof MoonpathError) reply.code(error.status).send({ code: error.code });
 * }
 * ```
 */
export abstract class MoonpathError extends Error {
  abstract readonly code: ErrorCode;
  /**
   * The script's name, for example `stock.set_level`; undefined if the error concerns no script.
   */
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

  /**
   * Whether the same call may succeed when it is made again later. False for `OUTCOME_UNKNOWN`:
   * make that call again only with the same operation or sequence, or read the state first.
   */
  get retryable(): boolean {
    return errorFacts[this.code].retryable;
  }

  /** The HTTP status that fits this error. */
  get status(): number {
    return errorFacts[this.code].status;
  }

  toJSON(): Record<string, unknown> {
    const { name, code, message, script, version, keyPatterns, source, retryable } = this;
    return { name, code, message, script, version, keyPatterns, source, retryable };
  }
}

/**
 * An argument or an option is not valid. `argument` names it, and `expected` describes a valid
 * value.
 */
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

/** Why a reply has another form than declared, and what to do about it. */
export const replyReasons = {
  contract:
    "the script replies with something else than its @return says; correct its contract, and generate again",
  queued:
    "the connection is in a transaction, so the script runs at its EXEC; use another connection for MULTI",
  transformed:
    "the connection or a proxy changes replies; remove its reply transformer for EVALSHA, or connect directly",
  packed:
    "the bytes of a batch cannot be read; a proxy changes replies, or the generated files are of several versions: generate again",
} as const;

/** The name of a row of `replyReasons`. */
export type ReplyReason = keyof typeof replyReasons;

/**
 * The script's reply is not as declared. `field` names the part, and `reason` says why. A writing script
 * has written, except after `queued`: that one writes later.
 */
export class ReplyError extends MoonpathError {
  override readonly code = "REPLY";
  /** Why, as far as the client knows. `replyReasons` has the advice, which is part of the message. */
  readonly reason: ReplyReason;

  constructor(
    readonly field: string,
    readonly expected: string,
    { reason = "contract", ...facts }: ErrorFacts & { readonly reason?: ReplyReason } = {},
  ) {
    super(`reply field ${field}: ${expected}; ${replyReasons[reason]}`, facts);
    this.reason = reason;
  }

  /** The same error with the script that was called, and with another reason if one is given. */
  of(script: ScriptFacts, reason: ReplyReason = this.reason): ReplyError {
    return new ReplyError(this.field, this.expected, { script, reason });
  }
}

/** A key holds another type than the script expects. Nothing was written. */
export class WrongTypeError extends MoonpathError {
  override readonly code = "WRONG_TYPE";
}

/** A stored value is not valid; the message says why. Nothing was written. */
export class CorruptError extends MoonpathError {
  override readonly code = "CORRUPT";
}

/** Redis is at its `maxmemory` and evicts nothing. Nothing was written. */
export class OutOfMemoryError extends MoonpathError {
  override readonly code = "OUT_OF_MEMORY";
}

/** The server is a replica, and the client found no primary in time. Nothing was written. */
export class ReadOnlyError extends MoonpathError {
  override readonly code = "READ_ONLY";
}

/**
 * The Redis user may not run the script or one of its commands; `generated/acl` lists the rights.
 */
export class NoPermissionError extends MoonpathError {
  override readonly code = "NO_PERMISSION";
}

/**
 * The server does not have the script, and the Redis user may not load it. Nothing ran; `moonpath
 * load` loads it.
 */
export class ScriptNotLoadedError extends MoonpathError {
  override readonly code = "SCRIPT_NOT_LOADED";
}

/** Redis could not be reached, is loading, or has no primary. Nothing was written. */
export class UnavailableError extends MoonpathError {
  override readonly code = "UNAVAILABLE";
}

/**
 * A reading call had no reply within `deadlineMs`. A writing call ends with `OutcomeUnknownError`
 * instead.
 */
export class DeadlineError extends MoonpathError {
  override readonly code = "DEADLINE";
}

/** The caller's signal aborted before the call was sent, or while the caller waited for a lock. */
export class AbortedError extends MoonpathError {
  override readonly code = "ABORTED";
}

/**
 * The call was sent, and no reply came. The script may have run. Call again if the script's docs
 * say that it is safe.
 */
export class OutcomeUnknownError extends MoonpathError {
  override readonly code = "OUTCOME_UNKNOWN";
}

/** Redis refused the call for a reason that no other class describes. */
export class ScriptError extends MoonpathError {
  override readonly code = "SCRIPT";
}

/** The client was closed. Nothing was sent. */
export class ClosedError extends MoonpathError {
  override readonly code = "CLOSED";
}

/** The facts of a `BusyError` or an `InProgressError` about the present holder. */
export interface HolderFacts extends ErrorFacts {
  /** The holder's name, if it is known. */
  readonly holder?: string | undefined;
  /** Milliseconds until the holder's lease ends, unless renewed. */
  readonly retryAfterMs?: number | undefined;
}

/** Another holder has the lock. */
export class BusyError extends MoonpathError {
  override readonly code = "BUSY";
  /** The holder's name, if it is known. */
  readonly holder: string | undefined;
  /** Milliseconds until the holder's lease ends, unless renewed. */
  readonly retryAfterMs: number | undefined;

  constructor(detail: string, facts: HolderFacts = {}) {
    super(detail, facts);
    this.holder = facts.holder;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** Another process runs the same request at this time. */
export class InProgressError extends MoonpathError {
  override readonly code = "IN_PROGRESS";
  /** Milliseconds until the lease of that process ends, unless renewed. */
  readonly retryAfterMs: number | undefined;

  constructor(detail: string, facts: HolderFacts = {}) {
    super(detail, facts);
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A lease has ended, or another holder has it. */
export class LostError extends MoonpathError {
  override readonly code = "LOST";
}

/** The primary has the write, but fewer than `minReplicas` replicas acknowledged it in time. */
export class NotReplicatedError extends MoonpathError {
  override readonly code = "NOT_REPLICATED";
}

/**
 * The server may evict keys that must not be lost; the message names its `maxmemory-policy`.
 * Nothing was sent.
 */
export class EvictionError extends MoonpathError {
  override readonly code = "EVICTION";
}

/**
 * The server's version has a defect: scripts would store numbers that they cannot read. Nothing was
 * sent.
 */
export class UnsupportedServerError extends MoonpathError {
  override readonly code = "UNSUPPORTED_SERVER";
}

/** The same request name came with another payload. */
export class PayloadMismatchError extends MoonpathError {
  override readonly code = "PAYLOAD_MISMATCH";
}

/** The request ran before and failed. The failure was recorded as its result. */
export class RecordedError extends MoonpathError {
  override readonly code = "RECORDED";
}

/** A later holder has written with a higher fence. This write was refused. */
export class StaleFenceError extends MoonpathError {
  override readonly code = "STALE_FENCE";
}

/** Redis and the database disagree about the applied batches. A person has to decide. */
export class ReconcileError extends MoonpathError {
  override readonly code = "RECONCILE";
}

/** The loader of a cache did not return in time. The value was not stored. */
export class LoadTimeoutError extends MoonpathError {
  override readonly code = "LOAD_TIMEOUT";
}

/** The caches of a tenant have reached its quota, or the value is larger than it. It was not stored. */
export class QuotaError extends MoonpathError {
  override readonly code = "QUOTA";
}

/** So many loads of a cache's pattern run that this one did not begin in time. */
export class OverloadedError extends MoonpathError {
  override readonly code = "OVERLOADED";
}
