import model from "../../../generated/model.json" with { type: "json" };
import type {
  EncodedCall,
  ManyOperation,
  ManyResult,
  Operation,
  Scope,
  Script,
} from "../../../src/client/index.js";
import type { Tenant } from "../../../src/index.js";
import type { Keys } from "./commands.js";

/** One key of a script, as the keyspace declares it. */
export interface SampleKey {
  /** Its name in the keyspace, for example `stock_operation`. */
  readonly name: string;
  readonly holds: string;
}

/** One call of a script that goes its whole way: it reads every key it can and, if it writes, writes. */
export interface Sample {
  /** The script's name, for example `stock.set_level`. */
  readonly script: string;
  readonly writes: boolean;
  readonly resend: "safe" | "never";
  readonly keys: readonly SampleKey[];
  /** What is there before the call; see `send`. */
  readonly given: readonly string[];
  /** What the call answers; matched with `toMatchObject`, so that asymmetric matchers fit. */
  readonly reply: object;
  /** What the same call answers a second time. */
  readonly again: object;
  /** Stored numbers that this call does not read, as `key` or `key field`, with the reason. */
  readonly unread: Readonly<Record<string, string>>;
  /** Fields that move with the clock on every call, as `key field`. */
  readonly clock: readonly string[];
  /** The keys of the call in this scope, under one name for what it is about. */
  keysOf(scope: Scope, name: string): Keys;
  call(tenant: Tenant, name: string): Promise<unknown>;
  /** KEYS and ARGV of the call. */
  encode(scope: Scope, name: string): EncodedCall;
  /** The most calls of one run of its many form; undefined if it has none. */
  readonly limit: number | undefined;
  /** One call for each of these names, all at once. */
  callMany(tenant: Tenant, names: readonly string[]): Promise<ManyResult<unknown>[]>;
}

interface Spec<Args> {
  /** The arguments, those of the keys included; `name` is the product, lock, set, … */
  readonly args: (name: string) => Args;
  readonly given: readonly string[];
  readonly reply: object;
  /** Absent when it is the same as `reply`. */
  readonly again?: object;
  readonly unread?: Readonly<Record<string, string>>;
  readonly clock?: readonly string[];
}

/** Describes a sample call. The operation is the script's own function on a tenant. */
export function sample<Args, Reply>(
  script: Script<Args, Reply>,
  operation: (tenant: Tenant) => Operation<Args, Reply>,
  { args, given, reply, again = reply, unread = {}, clock = [] }: Spec<Args>,
): Sample {
  const keys = script.keyPatterns.map(declaredKey);
  return {
    script: script.name,
    writes: script.writes,
    resend: script.resend,
    keys,
    given,
    reply,
    again,
    unread,
    clock,
    keysOf(scope, name) {
      const encoded = script.encode(scope, args(name)).keys;
      return Object.fromEntries(encoded.map((key, position) => [keys[position]?.name ?? "", key]));
    },
    call: (tenant, name) => operation(tenant)(args(name)),
    encode: (scope, name) => script.encode(scope, args(name)),
    limit: script.many?.limit,
    callMany(tenant, names) {
      const one = operation(tenant);
      if (!isManyOperation(one)) throw new Error(`${script.name} has no many form`);
      return one.many(names.map(args));
    },
  };
}

function isManyOperation<Args, Reply>(one: Operation<Args, Reply>): one is ManyOperation<Args, Reply> {
  return "many" in one;
}

function declaredKey(pattern: string): SampleKey {
  const key = model.keys.find((candidate) => candidate.pattern === pattern);
  if (!key) throw new Error(`generated/model.json has no key ${pattern}`);
  return { name: key.name, holds: key.holds };
}
