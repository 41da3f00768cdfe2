import type { IdempotencyBeginReply } from "../../../generated/ts/idempotency/begin.js";
import type { Call, Model } from "../call.js";
import type { Ask, RequestOperation } from "./idempotency-calls.js";
import { RequestProof, timeOfFence } from "./idempotency-proof.js";
import { textOfMap } from "./text-of-map.js";
import { at, before, endsAfter, meet, type Span, since, textOfSpan, timesOf } from "./time.js";

export type { RequestOperation } from "./idempotency-calls.js";

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

const ownersText = textOfMap((owner: string, fact: string) => `${owner} ${fact}`);

/**
 * One request with an idempotency key. It is exact: a lease ends at the millisecond that a reply
 * names, and an owner runs the request once. The runs begin in the order of the fences. Two things
 * are permissive, as in the model of locks: the end of a lease that no reply told, and that nothing
 * is forgotten.
 */
export function requestModel(
  history: readonly Call<RequestOperation>[],
): Model<RequestState, RequestOperation> {
  const proof = new RequestProof(history);
  return {
    isIdempotent: () => true,
    initial: { nowMs: 0, run: undefined, owners: new Map() },
    ignores: (call) => proof.isSettled(call),
    windowOf: (call) => proof.windowOf(call),
    next(state, call) {
      const times = timesOf(state.nowMs, call);
      if (times === undefined) return [];
      const { operation } = call;
      const states = nextStates(proof, state, times, operation).filter((after) => !isTooLate(proof, after));
      if (operation.reply !== undefined) return states;
      // Whether an owner is remembered matters only if a reply says that it has ended.
      const isRemembered = proof.hasEnded(operation.args.owner);
      return states.filter(
        ({ run, owners }) => run !== state.run || (owners !== state.owners && isRemembered),
      );
    },
    mayComeFirst: (call, before, after) => isSameRun(before.run, after.run) && proof.concernsNoOther(call),
    timeOf: ({ nowMs }) => nowMs,
    textOf({ run, owners }) {
      return `${textOfRun(run)}; known owners: ${ownersText(owners)}`;
    },
  };
}

/** Whether both are one run in the same state. A reply may have told more of it. */
function isSameRun(one: Run | undefined, other: Run | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.owner === other.owner &&
    one.state === other.state &&
    one.fence.from === other.fence.from &&
    one.fence.to === other.fence.to
  );
}

/** Whether the next run that a reply names cannot begin any more, because its time is over. */
function isTooLate(proof: RequestProof, { nowMs, run }: RequestState): boolean {
  const lastFence = run?.fence.from ?? 0;
  const next = proof.nextFence(lastFence);
  return next !== undefined && next > lastFence + 1 && timeOfFence(next) < nowMs;
}

function textOfRun(run: Run | undefined): string {
  if (run === undefined) return "never run";
  const { owner, state, fence, ends, payloadHash, reply } = run;
  return `${state} by ${owner} with fence ${textOfSpan(fence)}, payload ${payloadHash}, until ${textOfSpan(ends)} ${reply}`;
}

function nextStates(
  proof: RequestProof,
  state: RequestState,
  times: Span,
  operation: RequestOperation,
): RequestState[] {
  switch (operation.name) {
    case "begin":
      return begin(proof, state, times, operation);
    case "complete":
      return complete(state, times, operation);
    case "fail":
      return fail(state, times, operation);
  }
}

function begin(
  proof: RequestProof,
  state: RequestState,
  times: Span,
  { name, args, reply }: Ask<"begin">,
): RequestState[] {
  const { run } = state;
  const first = { ...state, nowMs: times.from };
  const is = (outcome: IdempotencyBeginReply["outcome"]) => reply === undefined || reply.outcome === outcome;
  if (run === undefined || run.state === "failed") return grant(proof, state, times, { name, args, reply });
  if (run.payloadHash !== args.payloadHash) {
    const known = run.owner === args.owner ? undefined : state.owners.get(args.owner);
    const isEnded = known !== undefined && known !== "mismatch";
    if (!is(isEnded ? "ended" : "mismatch")) return [];
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
  return over ? [...busyStates, ...grant(proof, state, over, { name, args, reply })] : busyStates;
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
  const { retryAfterMs, runnerFence } = reply;
  const fence = meet(run.fence, at(runnerFence));
  const ends = meet(run.ends, { from: times.from + retryAfterMs, to: times.to + retryAfterMs });
  if (ends === undefined || fence === undefined) return [];
  const after = { ...state, run: { ...run, ends, fence }, nowMs: ends.from - retryAfterMs };
  return [args.waits ? after : remember(after, args.owner, "busy")];
}

function grant(
  proof: RequestProof,
  state: RequestState,
  times: Span,
  { args, reply }: Ask<"begin">,
): RequestState[] {
  const { owner, payloadHash, leaseMs } = args;
  if (state.owners.has(owner)) return reply?.outcome === "ended" ? [{ ...state, nowMs: times.from }] : [];
  const lastFence = state.run?.fence.from ?? 0;
  const granted = (fence: Span, ends: Span, nowMs: number) => {
    const run = { owner, payloadHash, state: "running", reply: "", fence, ends } as const;
    return remember({ ...state, run, nowMs }, owner, "run");
  };
  // Fences rise, so a run with a later fence would leave out this one.
  const next = proof.nextFence(lastFence);
  const states: RequestState[] = [];
  const isRun = reply === undefined || (reply.outcome === "run" && !reply.repeated && reply.fence === next);
  if (next !== undefined && isRun && proof.mayHave(next, owner)) {
    // The clock gives a fence in microseconds, or the fence is the next number.
    const runs = meet(
      times,
      next === lastFence + 1 ? { from: 0, to: timeOfFence(next) } : at(timeOfFence(next)),
    );
    const ends = runs && meet(proof.endsOf(next), { from: runs.from + leaseMs, to: runs.to + leaseMs });
    if (ends) states.push(granted(at(next), ends, ends.from - leaseMs));
  }
  if (reply !== undefined || !proof.mayRunUnseen(owner, payloadHash, state.run?.owner)) return states;
  // No reply names the fence of this run.
  const runs = meet(times, { from: 0, to: next === undefined ? Infinity : timeOfFence(next - 1) });
  if (runs === undefined) return states;
  const fence = { from: Math.max(lastFence + 1, 1_000 * runs.from), to: (next ?? Infinity) - 1 };
  if (fence.from > fence.to) return states;
  return [...states, granted(fence, { from: runs.from + leaseMs, to: runs.to + leaseMs }, runs.from)];
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
