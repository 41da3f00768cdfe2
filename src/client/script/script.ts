/**
 * What a generated module says about one script. The client runs any object of this shape.
 *
 * `encode` turns arguments into KEYS and ARGV and throws an `ArgumentError`; `decode` turns the reply into
 * the declared result and throws a `ReplyError`. Neither names the script: the client adds that.
 */
export interface Script<Args, Reply> {
  /** Domain and operation, for example `stock.set_level`. */
  readonly name: string;
  /** Semantic version of the contract, for example `1.0.0`. */
  readonly version: string;
  /** SHA-1 of `lua` in lower-case hexadecimal: what EVALSHA names. */
  readonly digest: string;
  /** The exact text that Redis runs. */
  readonly lua: string;
  /** Whether the script may write. A lost reply of a writing script leaves its outcome unknown. */
  readonly writes: boolean;
  /** `safe`: a second run of the same call changes nothing. `never`: nobody sends the call a second time. */
  readonly resend: "safe" | "never";
  /**
   * It writes keys that Redis may not evict (`@evict never` in the keyspace): what it promises rests on them.
   * The client refuses to run it on a server whose `maxmemory-policy` evicts.
   */
  readonly durable?: boolean;
  /** For how many milliseconds after its run a second one is safe; without end when absent. */
  readonly resendWithinMs?: (args: Args) => number;
  /** One pattern for each of KEYS, for example `<namespace>:{<tenant>:<product>}:stock`. */
  readonly keyPatterns: readonly string[];
  /** Source file -> line of `lua` -> line of that source file. */
  readonly lines: Readonly<Record<string, Readonly<Record<number, number>>>>;
  encode(scope: Scope, args: Args): EncodedCall;
  decode(reply: unknown): Reply;
}

/** The two leading fields of every key. Both are 1 to 64 characters of `A-Z a-z 0-9 _ . -`. */
export interface Scope {
  readonly namespace: string;
  readonly tenant: string;
}

/** One call on the wire: KEYS and ARGV in the order of the script. */
export interface EncodedCall {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

export type { ScriptFacts } from "../../core/errors.js";
