import type { ScriptFacts } from "./script.js";

interface ErrorEntry {
  /** What happened, in one sentence. */
  readonly meaning: string;
  /** What the caller does about it. */
  readonly action: string;
  /** The HTTP status that fits when a request fails for this reason. */
  readonly status: number;
  /** Whether the same call may succeed when it is made again later. */
  readonly retryable: boolean;
}

/** Every error of the client, by its stable code. The documentation's table is made from this one. */
export const errorTable = {
  ARGUMENT: {
    meaning: "An argument is not what the script's contract says. Nothing was written.",
    action: "Correct the caller.",
    status: 400,
    retryable: false,
  },
  REPLY: {
    meaning: "The script answered, but not in the declared form. A writing script has written.",
    action: "Generate again; client and script come from different versions.",
    status: 502,
    retryable: false,
  },
  WRONG_TYPE: {
    meaning: "A key holds another type of value than the keyspace says. Nothing was written.",
    action: "Find who writes this key pattern, then repair or delete the key.",
    status: 500,
    retryable: false,
  },
  CORRUPT: {
    meaning: "A stored field breaks its own rules. Nothing was written.",
    action: "Repair or delete the key; the message says what is wrong with it.",
    status: 500,
    retryable: false,
  },
  OUT_OF_MEMORY: {
    meaning: "Redis is at its memory limit and refused the write. Nothing was written.",
    action: "Give Redis room, then call again.",
    status: 503,
    retryable: true,
  },
  READ_ONLY: {
    meaning: "The connection leads to a replica, and stayed so over all retries. Nothing was written.",
    action: "Let a failover finish, then call again; check which node the connection names.",
    status: 503,
    retryable: true,
  },
  NO_PERMISSION: {
    meaning: "The ACL user may not run this script, one of its commands, or load scripts.",
    action: "Compare the user with the generated ACL file.",
    status: 500,
    retryable: false,
  },
  UNAVAILABLE: {
    meaning: "No usable connection was found in time, or Redis refused to run anything. Nothing was written.",
    action: "Call again later.",
    status: 503,
    retryable: true,
  },
  DEADLINE: {
    meaning: "A reading script did not answer before the deadline.",
    action: "Call again later, or allow more time.",
    status: 504,
    retryable: true,
  },
  ABORTED: {
    meaning: "The caller's AbortSignal ended the call. Nothing was written.",
    action: "Nothing: the caller asked for it.",
    status: 499,
    retryable: false,
  },
  OUTCOME_UNKNOWN: {
    meaning: "A writing script was sent and no answer came back: it may or may not have run.",
    action: "Call again with the same operation or sequence, or read the state first.",
    status: 504,
    retryable: false,
  },
  SCRIPT: {
    meaning: "The script raised another error.",
    action: "Read the message and the named source line.",
    status: 500,
    retryable: false,
  },
  CLOSED: {
    meaning: "The client was closed. Nothing was sent.",
    action: "Make no calls after close().",
    status: 503,
    retryable: false,
  },
} as const satisfies Record<string, ErrorEntry>;

/** The stable code of an error, fit for `switch`, logs and metric labels. */
export type ErrorCode = keyof typeof errorTable;

/** What an error knows besides its code. */
export interface ErrorFacts {
  readonly script?: ScriptFacts | undefined;
  /** File and line of the Lua source, for example `lua/stock/apply.lua:31`. */
  readonly source?: string | undefined;
  readonly cause?: Error | undefined;
}

/**
 * The base of all errors of the client. None carries a key, an argument or a stored value, and neither does
 * its `cause`.
 *
 * ```ts
 * try { await acme.stock.adjust({ … }); }
 * catch (error) { if (error instanceof MoonpathError) reply.code(error.status).send({ code: error.code }); }
 * ```
 */
export abstract class MoonpathError extends Error {
  abstract readonly code: ErrorCode;
  /** The script's name, for example `stock.apply`; absent when no script was involved. */
  readonly script: string | undefined;
  readonly version: string | undefined;
  /** Patterns of the script's keys, never the keys themselves. */
  readonly keyPatterns: readonly string[];
  readonly source: string | undefined;

  constructor(detail: string, { script, source, cause }: ErrorFacts = {}) {
    const head = script ? `${script.name} ${script.version}${source ? ` at ${source}` : ""}: ` : "";
    super(head + detail, cause ? { cause } : undefined);
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

export class WrongTypeError extends MoonpathError {
  override readonly code = "WRONG_TYPE";
}
export class CorruptError extends MoonpathError {
  override readonly code = "CORRUPT";
}
export class OutOfMemoryError extends MoonpathError {
  override readonly code = "OUT_OF_MEMORY";
}
export class ReadOnlyError extends MoonpathError {
  override readonly code = "READ_ONLY";
}
export class NoPermissionError extends MoonpathError {
  override readonly code = "NO_PERMISSION";
}
export class UnavailableError extends MoonpathError {
  override readonly code = "UNAVAILABLE";
}
export class DeadlineError extends MoonpathError {
  override readonly code = "DEADLINE";
}
export class AbortedError extends MoonpathError {
  override readonly code = "ABORTED";
}
export class OutcomeUnknownError extends MoonpathError {
  override readonly code = "OUTCOME_UNKNOWN";
}
export class ScriptError extends MoonpathError {
  override readonly code = "SCRIPT";
}
export class ClosedError extends MoonpathError {
  override readonly code = "CLOSED";
}
