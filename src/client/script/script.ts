import type { CallBytes } from "./call-bytes.js";
import type { EncodedCall, Scope } from "./encoded-call.js";

/** One text of a script that Redis runs, with the facts that the client needs to send it. */
export interface ScriptForm {
  /** Domain and operation, for example `stock.set_level`. */
  readonly name: string;
  /** Semantic version of the contract, for example `1.0.0`. */
  readonly version: string;
  /** SHA-1 of `lua` in lower-case hexadecimal, for EVALSHA. */
  readonly digest: string;
  /** The exact text that Redis runs. */
  readonly lua: string;
  /**
   * Whether the script may write. If the reply of a writing script is lost, its outcome is unknown.
   */
  readonly writes: boolean;
  /**
   * `safe`: a second run of the same call changes nothing. `never`: the client never sends a call
   * twice.
   */
  readonly resend: "safe" | "never";
  /**
   * The script writes keys that Redis must not evict (`@evict never` in the keyspace). The client
   * refuses to run it on a server whose `maxmemory-policy` evicts.
   */
  readonly requiresNoEviction?: boolean;
  /** An argument has raw bytes (`@charset bytes`). Absent: all arguments are texts. */
  readonly takesBytes?: true;
  /**
   * A value of the reply has raw bytes. The client then passes the strings of a reply to `decode` as
   * buffers. Absent: it passes them as texts.
   */
  readonly repliesBytes?: true;
  /** One pattern for each of KEYS, for example `<namespace>:{<tenant>:<product>}:stock`. */
  readonly keyPatterns: readonly string[];
  /**
   * Source file -> lines of `lua`, and the line of that file where they begin: `6-14:6 71:10` maps the
   * lines 6 to 14 to the lines 6 to 14, and the line 71 to the line 10.
   */
  readonly lines: Readonly<Record<string, string>>;
  /** It makes several calls in one run. Absent: it makes one. */
  readonly isMany?: true;
}

/**
 * One script: its text, its contract, and the functions that convert its arguments and its reply.
 * Generated modules export such objects. The client adds the script's name to the errors of
 * `encode` and `decode`.
 */
export interface Script<Args, Reply> extends ScriptForm {
  /** For how many milliseconds after a run a second run is safe. Absent: without limit. */
  readonly resendWithinMs?: (args: Args) => number;
  /** Its many form. Absent: the contract has no `@many`. */
  readonly many?: ManyForm<Args>;
  /**
   * Converts arguments to KEYS and ARGV.
   *
   * @throws ArgumentError
   */
  encode(scope: Scope, args: Args): EncodedCall;
  /**
   * Converts Redis's reply to the declared result.
   *
   * @throws ReplyError
   */
  decode(reply: unknown): Reply;
}

/** A script with a many form. */
export interface ManyScript<Args, Reply> extends Script<Args, Reply> {
  readonly many: ManyForm<Args>;
}

/** The text of a script that makes several calls in one run, and what differs from its single form. */
export interface ManyForm<Args = never> {
  /** The most calls of one run. */
  readonly limit: number;
  /** The number of values of a reply. */
  readonly width: number;
  /**
   * The list of all arguments has the number of each call's arguments before them. Absent: each call
   * has as many as the others.
   */
  readonly hasArgumentCounts?: true;
  /**
   * Writes the keys and arguments of one call, as `encode` returns them. Absent: the client writes
   * what `encode` returns.
   *
   * @throws ArgumentError
   */
  write?(call: CallBytes, scope: Scope, args: Args): void;
  readonly digest: string;
  readonly lua: string;
  readonly lines: ScriptForm["lines"];
}

export type { ScriptFacts } from "../../core/errors.js";
export type { EncodedArgument, EncodedCall, Scope } from "./encoded-call.js";
