import { inspect } from "node:util";
import type * as fc from "fast-check";
import type { EncodedCall, Scope, Script } from "../../../../src/client/index.js";
import type { Past } from "./past.js";

/** How random calls of one script are made, and what a late one may answer. */
export interface CallSpec {
  readonly script: string;
  readonly writes: boolean;
  /** A call, as soon as the past is known that its caller knows. */
  readonly call: fc.Arbitrary<(past: Past, scope: Scope) => Call>;
  /** Set if a late duplicate may do what is due at that moment, with the reason. */
  readonly mayWork: string | undefined;
  /** The changes by which a late duplicate only writes its answer down. They grant nothing. */
  readonly answers: RegExp | undefined;
  /** Tells whether a change ends what is over at that instant, which any call may do. */
  ends(change: string, nowMs: number): boolean;
  /** Tells whether the same call, so answered before, is a new attempt of its caller. */
  asksAgain(call: Call, first: object): boolean;
  /** Tells whether a late duplicate's reply says what is remembered, or that it is over. */
  saysTheSame(first: object, again: object): boolean;
}

/** The bytes of one call, and what a test must know about it. */
export interface Call {
  readonly spec: CallSpec;
  readonly lua: string;
  /** Set if its reply has raw bytes, so that strings are read as buffers. */
  readonly repliesBytes: boolean;
  readonly encoded: EncodedCall;
  readonly args: object;
  decode(reply: unknown): object;
  /** Tells whether the script's order lets this newer call, so answered, win over this one. */
  isSupersededBy(newer: Call, reply: object): boolean;
  toString(): string;
}

interface Options<Args, Reply> {
  /** Outcomes by which a late duplicate says that its time is over. They grant nothing. */
  readonly over?: readonly string[];
  /** Fields of the reply that tell the state of now, such as a wait. */
  readonly current?: readonly string[];
  /** Set if a late duplicate may do what is due at that moment, with the reason. */
  readonly mayWork?: string;
  /** The changes by which a late duplicate only writes its answer down. They grant nothing. */
  readonly answers?: RegExp;
  /** Tells whether a change ends what is over at that instant, which any call may do. */
  readonly ends?: (change: string, nowMs: number) => boolean;
  /**
   * Tells whether the contract lets the caller make the same call again as a new attempt after this
   * reply, such as a caller that waits for a lock.
   */
  readonly asksAgain?: (args: Args, first: Reply) => boolean;
  /**
   * Tells whether a newer call, so answered, wins over an older one that arrives for the first time
   * afterwards. Absent if the script cannot know the order of two calls.
   */
  readonly supersedes?: (newer: Args, reply: Reply, older: Args) => boolean;
  /** Another comparison of the reply of a late duplicate than the usual one. */
  readonly saysTheSame?: (first: Reply, again: Reply) => boolean;
}

/** Describes the random calls of a script: what is drawn, and the arguments that it leads to. */
export function calls<Args extends object, Reply extends object, Drawn>(
  script: Script<Args, Reply>,
  drawn: fc.Arbitrary<Drawn>,
  argsOf: (drawn: Drawn, past: Past) => Args,
  {
    over = [],
    current = [],
    mayWork,
    answers,
    ends = () => false,
    asksAgain,
    supersedes,
    saysTheSame,
  }: Options<Args, Reply> = {},
): CallSpec {
  const made = new WeakMap<Call, Args>();
  const replies = new WeakMap<object, Reply>();
  const { lua, repliesBytes = false } = script;
  const spec: CallSpec = {
    script: script.name,
    writes: script.writes,
    mayWork,
    answers,
    ends,
    call: drawn.map((choice) => (past: Past, scope: Scope) => {
      const args = argsOf(choice, past);
      const call: Call = {
        spec,
        lua,
        repliesBytes,
        args,
        encoded: script.encode(scope, args),
        decode(raw) {
          const reply = script.decode(raw);
          replies.set(reply, reply);
          return reply;
        },
        isSupersededBy(newer, reply) {
          const [newerArgs, newerReply] = [made.get(newer), replies.get(reply)];
          return newerArgs && newerReply ? (supersedes?.(newerArgs, newerReply, args) ?? false) : false;
        },
        toString: () => `${script.name} ${oneLine(args)}`,
      };
      made.set(call, args);
      return call;
    }),
    asksAgain(call, first) {
      const [args, reply] = [made.get(call), replies.get(first)];
      return args && reply ? (asksAgain?.(args, reply) ?? false) : false;
    },
    saysTheSame(first, again) {
      const [firstReply, againReply] = [replies.get(first), replies.get(again)];
      if (saysTheSame && firstReply && againReply) return saysTheSame(firstReply, againReply);
      const leftOut = new Set([...current, "repeated", "retryAfterMs", "waitMs"]);
      return isOver(again, over) || oneLine(without(first, leftOut)) === oneLine(without(again, leftOut));
    },
  };
  return spec;
}

function isOver(reply: object, over: readonly string[]): boolean {
  return "outcome" in reply && over.includes(String(reply.outcome));
}

function without(reply: object, fields: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(reply).filter(([field]) => !fields.has(field)));
}

/** An object in one line of JavaScript. */
export function oneLine(value: object): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 5, compact: true });
}

/** A time that ends between two ticks, so that no end falls on an instant at which a test looks. */
export const lasting = (ticks: number): number => (ticks + 0.5) * tickMs;

/**
 * How long one step of the clock is in these histories. The lateness horizon is 30 of them.
 */
export const tickMs = 20_000;

/** As long as the lateness horizon: all scripts remember calls for so long at least. */
export const rememberMs = lasting(30);
