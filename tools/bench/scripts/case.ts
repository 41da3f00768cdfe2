import type { Redis } from "ioredis";
import type { EncodedCall, Scope, Script } from "../../../src/client/index.js";
import { joinedCalls, repliesOf } from "../../../src/client/script/many-form.js";
import type { Tenant } from "../../../src/index.js";

/** What the preparation of a call may use: a tenant on a server without any other data. */
export interface CaseGround {
  readonly acme: Tenant;
  /** For what no script returns. */
  readonly redis: Redis;
  /** Does some work once for all calls of a round, such as filling the stock that they share. */
  once(name: string, work: () => Promise<unknown>): Promise<unknown>;
}

/** One path of a script, and how its calls are prepared. */
export interface Case {
  /** For example `stock.adjust`. */
  readonly script: string;
  /** What is special about these calls, such as `warehouse given`. */
  readonly path: string;
  /** Whether the calls are as large as the script allows. */
  readonly atLimit: boolean;
  /** The number of calls of one round. */
  readonly calls: number;
  /** Whether each call runs once before the measurement. */
  readonly sentBefore: boolean;
  /** The time between the preparation of all calls and the first of them. */
  readonly waitMs: number;
  /** Whether the keys of a call are removed after it, because they would fill the memory. */
  readonly removed: boolean;
  /** The keys, by their names in the keyspace, that cannot hold more than after these calls. */
  readonly fills: readonly string[];
  readonly lua: string;
  readonly digest: string;
  /** Whether the texts of a reply must stay bytes. */
  readonly repliesBytes: boolean;
  /** The many form; undefined if the script has none. */
  readonly many: ManyCase | undefined;
  /** Makes the data that the call needs, and returns its KEYS and ARGV. */
  prepare(ground: CaseGround, scope: Scope, call: number): Promise<EncodedCall>;
  /** @throws Error if the reply is not the expected one */
  check(reply: unknown): void;
}

/** The many form of a script. */
export interface ManyCase {
  readonly limit: number;
  readonly lua: string;
  readonly digest: string;
  /** One call of the form that makes all these calls. */
  join(calls: readonly EncodedCall[]): EncodedCall;
  /** The reply of the form by call. */
  split(reply: unknown): readonly unknown[];
}

interface CaseOptions {
  readonly outcome?: string;
  /** Default 100. Fewer if each call needs much data. */
  readonly calls?: number;
  readonly sentBefore?: boolean;
  readonly waitMs?: number;
  readonly removed?: boolean;
  readonly fills?: readonly string[];
}

const DEFAULT_CALLS = 100;
/** The runs of which `INFO latencystats` gives the 99th percentile. */
export const LIMIT_RUNS = 1_000;

type Prepare<Args> = (ground: CaseGround, call: number) => Promise<Args> | Args;

/** Declares a usual path of a script. */
export function path<Args, Reply>(
  script: Script<Args, Reply>,
  name: string,
  prepare: Prepare<Args>,
  options: CaseOptions = {},
): Case {
  return caseOf(script, name, prepare, options, false);
}

/** Declares the largest call that a script allows. */
export function atLimit<Args, Reply>(
  script: Script<Args, Reply>,
  name: string,
  prepare: Prepare<Args>,
  options: CaseOptions = {},
): Case {
  return caseOf(script, name, prepare, { ...options, calls: LIMIT_RUNS }, true);
}

function caseOf<Args, Reply>(
  script: Script<Args, Reply>,
  name: string,
  prepare: Prepare<Args>,
  {
    outcome,
    calls = DEFAULT_CALLS,
    sentBefore = false,
    waitMs = 0,
    removed = false,
    fills = [],
  }: CaseOptions,
  isAtLimit: boolean,
): Case {
  const { many } = script;
  return {
    script: script.name,
    path: name,
    atLimit: isAtLimit,
    calls,
    sentBefore,
    waitMs,
    removed,
    fills,
    lua: script.lua,
    digest: script.digest,
    repliesBytes: script.repliesBytes === true,
    many: many && {
      limit: many.limit,
      lua: many.lua,
      digest: many.digest,
      join: (calls) => joinedCalls({ ...script, many }, calls),
      split: (reply) => repliesOf({ ...script, many }, reply, many.limit),
    },
    async prepare(ground, scope, call) {
      return script.encode(scope, await prepare(ground, call));
    },
    check(raw) {
      const reply: unknown = script.decode(raw);
      if (outcome === undefined || outcomeOf(reply) === outcome) return;
      throw new Error(`${script.name}, ${name}: expected ${outcome}, got ${JSON.stringify(reply)}`);
    },
  };
}

function outcomeOf(reply: unknown): unknown {
  return typeof reply === "object" && reply !== null && "outcome" in reply ? reply.outcome : undefined;
}
