import type { IdempotencyBeginArgs, IdempotencyBeginReply } from "../../../generated/ts/idempotency/begin.js";
import type {
  IdempotencyCompleteArgs,
  IdempotencyCompleteReply,
} from "../../../generated/ts/idempotency/complete.js";
import type { IdempotencyFailArgs, IdempotencyFailReply } from "../../../generated/ts/idempotency/fail.js";
import type { Call, Model } from "../call.js";
import { at, before, endsAfter, meet, type Span, since, textOfSpan, timesOf } from "./time.js";

export type RequestOperation =
  | {
      readonly name: "begin";
      readonly args: IdempotencyBeginArgs;
      readonly reply: IdempotencyBeginReply | undefined;
    }
  | {
      readonly name: "complete";
      readonly args: IdempotencyCompleteArgs;
      readonly reply: IdempotencyCompleteReply | undefined;
    }
  | {
      readonly name: "fail";
      readonly args: IdempotencyFailArgs;
      readonly reply: IdempotencyFailReply | undefined;
    };

type Ask<Name extends RequestOperation["name"]> = Extract<RequestOperation, { name: Name }>;

/** The last run of the request. */
interface Run {
  readonly owner: string;
  readonly payloadHash: string;
  /** One fence, or all fences that the run can have if no reply has told it. */
  readonly fence: Span;
  readonly ends: Span;
  readonly state: "running" | "done" | "failed";
  readonly reply: string;
}

export interface RequestState {
  /** Redis's clock is not earlier than this. */
  readonly nowMs: number;
  readonly run: Run | undefined;
  /** Owners that cannot begin the request any more. */
  readonly owners: ReadonlyMap<string, "run" | "busy" | "mismatch" | "ended">;
}

/**
 * One request with an idempotency key. It is exact: a lease ends at the millisecond that a reply
 * names, and an owner runs the request once. Two things are permissive, as in the model of locks:
 * the end of a lease that no reply told, and that nothing is forgotten.
 */
export function requestModel(
  history: readonly Call<RequestOperation>[],
): Model<RequestState, RequestOperation> {
  const ended = new Set<string>();
  const settled = new Set<number | undefined>();
  for (const { operation, attemptsOf } of history) {
    const { reply, args } = operation;
    if (reply?.outcome === "ended") ended.add(args.owner);
    const isFirst = reply?.outcome === "run" && !reply.repeated;
    if (isFirst || reply?.outcome === "released") settled.add(attemptsOf);
  }
  return {
    initial: { nowMs: 0, run: undefined, owners: new Map() },
    // The reply says that this very attempt took effect. Other copies did nothing.
    ignores: ({ attemptsOf }) => attemptsOf !== undefined && settled.has(attemptsOf),
    next(state, call) {
      const times = timesOf(state.nowMs, call);
      if (times === undefined) return [];
      const { operation } = call;
      const states = nextStates(state, times, operation);
      if (operation.reply !== undefined) return states;
      // Whether an owner is remembered matters only if a reply says that it has ended.
      const { owner } = operation.args;
      return states.filter(
        ({ run, owners }) => run !== state.run || (owners !== state.owners && ended.has(owner)),
      );
    },
    textOf({ nowMs, run, owners }) {
      const known = [...owners].map(([owner, fact]) => `${owner} ${fact}`).sort();
      return `${textOfRun(run)}, at ${nowMs} or later; known owners: ${known.join(", ") || "none"}`;
    },
  };
}

function textOfRun(run: Run | undefined): string {
  if (run === undefined) return "never run";
  const { owner, state, fence, ends, payloadHash, reply } = run;
  const known = fence.from === fence.to ? `fence ${fence.from}` : "a fence that no reply told";
  return `${state} by ${owner} with ${known}, payload ${payloadHash}, until ${textOfSpan(ends)} ${reply}`;
}

function nextStates(state: RequestState, times: Span, operation: RequestOperation): RequestState[] {
  switch (operation.name) {
    case "begin":
      return begin(state, times, operation);
    case "complete":
      return complete(state, times, operation);
    case "fail":
      return fail(state, times, operation);
  }
}

function begin(state: RequestState, times: Span, { name, args, reply }: Ask<"begin">): RequestState[] {
  const { run } = state;
  const first = { ...state, nowMs: times.from };
  const is = (outcome: IdempotencyBeginReply["outcome"]) => reply === undefined || reply.outcome === outcome;
  if (run === undefined || run.state === "failed") return grant(state, times, { name, args, reply });
  if (run.payloadHash !== args.payloadHash) {
    if (!is("mismatch")) return [];
    return [run.owner === args.owner ? first : remember(first, args.owner, "mismatch")];
  }
  if (run.state === "done") {
    return reply?.outcome === "replay" && reply.reply === run.reply ? [first] : [];
  }
  const [running, over] = [before(times, run.ends), since(times, run.ends)];
  if (run.owner === args.owner) {
    if (reply?.outcome === "ended") return over ? [{ ...state, nowMs: over.from }] : [];
    if (reply?.outcome !== "run" || !reply.repeated) return [];
    const [fence, ends] = [meet(run.fence, at(reply.fence)), meet(run.ends, at(reply.leaseEndsMs))];
    const runs = ends && before(times, ends);
    return fence && ends && runs ? [{ ...state, run: { ...run, fence, ends }, nowMs: runs.from }] : [];
  }
  const busyStates = running ? busy(state, run, running, { name, args, reply }) : [];
  return over ? [...busyStates, ...grant(state, over, { name, args, reply })] : busyStates;
}

/** Another runner has the request. */
function busy(state: RequestState, run: Run, times: Span, { args, reply }: Ask<"begin">): RequestState[] {
  const known = state.owners.get(args.owner);
  const runs = { ...state, run: { ...run, ends: endsAfter(run.ends, times.from) }, nowMs: times.from };
  if (known !== undefined && (args.waits === true || known !== "busy")) {
    return reply?.outcome === "ended" ? [runs] : [];
  }
  if (reply === undefined) return args.waits ? [] : [remember({ ...runs, run }, args.owner, "busy")];
  if (reply.outcome !== "busy") return [];
  const { retryAfterMs } = reply;
  const ends = meet(run.ends, { from: times.from + retryAfterMs, to: times.to + retryAfterMs });
  if (ends === undefined) return [];
  const after = { ...state, run: { ...run, ends }, nowMs: ends.from - retryAfterMs };
  return [args.waits ? after : remember(after, args.owner, "busy")];
}

function grant(state: RequestState, times: Span, { args, reply }: Ask<"begin">): RequestState[] {
  const { owner, payloadHash, leaseMs } = args;
  if (state.owners.has(owner)) return reply?.outcome === "ended" ? [{ ...state, nowMs: times.from }] : [];
  const lastFence = state.run?.fence.from ?? 0;
  const grants = { owner, payloadHash, state: "running", reply: "" } as const;
  if (reply === undefined) {
    const fence = { from: lastFence + 1, to: Number.POSITIVE_INFINITY };
    const ends = { from: times.from + leaseMs, to: times.to + leaseMs };
    return [remember({ ...state, run: { ...grants, fence, ends }, nowMs: times.from }, owner, "run")];
  }
  if (reply.outcome !== "run" || reply.repeated || reply.fence <= lastFence) return [];
  const time = meet(times, at(reply.leaseEndsMs - leaseMs));
  const isNext = reply.fence === lastFence + 1 || Math.floor(reply.fence / 1_000) === time?.from;
  if (time === undefined || !isNext) return [];
  const run = { ...grants, fence: at(reply.fence), ends: at(reply.leaseEndsMs) };
  return [remember({ ...state, run, nowMs: time.from }, owner, "run")];
}

function complete(state: RequestState, times: Span, { args, reply }: Ask<"complete">): RequestState[] {
  const { run } = state;
  const first = { ...state, nowMs: times.from };
  const isRunner = run?.owner === args.owner && run.state !== "failed" && meet(run.fence, at(args.fence));
  if (!run || !isRunner) return reply?.outcome === "lost" ? [first] : [];
  if (reply?.outcome === "lost") return [];
  return [run.state === "done" ? first : { ...first, run: { ...run, state: "done", reply: args.reply } }];
}

function fail(state: RequestState, times: Span, { args, reply }: Ask<"fail">): RequestState[] {
  const { run } = state;
  const first = { ...state, nowMs: times.from };
  const isLost = reply === undefined || reply.outcome === "lost";
  if (run?.owner !== args.owner || run.state === "failed") {
    return isLost ? [remember(first, args.owner, "ended")] : [];
  }
  const isFence = args.fence === undefined || meet(run.fence, at(args.fence)) !== undefined;
  if (run.state === "done" || !isFence) return isLost ? [first] : [];
  return reply?.outcome === "lost" ? [] : [{ ...first, run: { ...run, state: "failed" } }];
}

function remember(
  state: RequestState,
  owner: string,
  fact: "run" | "busy" | "mismatch" | "ended",
): RequestState {
  if (state.owners.has(owner)) return state;
  return { ...state, owners: new Map(state.owners).set(owner, fact) };
}
