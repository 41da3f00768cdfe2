import type { LimitPeekReply } from "../../../generated/ts/limit/peek.js";
import type { LimitTakeReply } from "../../../generated/ts/limit/take.js";
import type { RateLimit } from "../../../generated/ts/types.js";
import type { Call, Model, ModelOf } from "../call.js";
import type { Ask, RateLimitOperation, RememberedOutcome } from "./rate-limit-calls.js";
import { RateLimitProof } from "./rate-limit-proof.js";
import { textOfMap } from "./text-of-map.js";
import { meet, type Span, since, textOfSpan, windowOf } from "./time.js";

export type { RateLimitOperation } from "./rate-limit-calls.js";

export interface RateLimitState {
  /** Redis's clock is not earlier than this, in microseconds. */
  readonly nowUs: number;
  /** When the whole burst is free again, in microseconds. Undefined: it is free. */
  readonly fullAtUs: Span | undefined;
  readonly operations: ReadonlyMap<string, RememberedOutcome>;
}

const operationsText = textOfMap(
  (name: string, { outcome, cost }: RememberedOutcome) => `${name} ${outcome} ${cost}`,
);

/**
 * A name with one rate limit, which all calls pass. Each call names its operation.
 *
 * The replies tell times in whole milliseconds, and Redis counts in microseconds. So the model knows
 * spans: when the burst is free again, and when a call ran. It keeps both spans, but not how one
 * depends on the other. So it allows a little more than the script. And nothing is forgotten, so a
 * history must be shorter than 10 minutes.
 */
export function rateLimitModel(limit: RateLimit): ModelOf<RateLimitState, RateLimitOperation> {
  const rate = new Rate(limit);
  return (history): Model<RateLimitState, RateLimitOperation> => {
    const proof = new RateLimitProof(history);
    return {
      isIdempotent: () => true,
      initial: { nowUs: 0, fullAtUs: undefined, operations: new Map() },
      ignores: (call) => call.operation.name === "peek" || proof.isSettled(call),
      kindOf: (call) => proof.kindOf(call),
      windowOf(call) {
        const { from, to } = timesOf(call);
        return { from: from / 1_000, to: to / 1_000 };
      },
      next(state, call) {
        const times = meet(timesOf(call), { from: state.nowUs, to: Infinity });
        if (times === undefined) return [];
        const { operation } = call;
        switch (operation.name) {
          case "take":
            return take(proof, rate, { state, times }, operation);
          case "peek":
            return peek(rate, { state, times }, operation);
          case "reset":
            return reset({ state, times }, operation);
        }
      },
      timeOf: ({ nowUs }) => nowUs / 1_000,
      textOf({ fullAtUs, operations }) {
        const full = fullAtUs ? `full at ${textOfSpan(fullAtUs)} us` : "full";
        return `${full}; operations: ${operationsText(operations)}`;
      },
    };
  };
}

/** When a call can have run by Redis's clock, in microseconds. */
function timesOf(call: Call<RateLimitOperation>): Span {
  const { from, to } = windowOf(call);
  return { from: 1_000 * from, to: 1_000 * to + 999 };
}

/** The rules of a limit, in microseconds. */
class Rate {
  readonly periodMs: number;
  readonly burst: number;
  readonly intervalUs: number;
  readonly burstUs: number;

  constructor({ quota, periodMs, burst }: RateLimit) {
    this.periodMs = periodMs;
    this.burst = burst;
    this.intervalUs = Math.ceil((periodMs * 1_000) / quota);
    this.burstUs = burst * this.intervalUs;
  }

  /** What is taken at most if a call with this cost is allowed. */
  mostTakenUs(cost: number): number {
    return this.burstUs - cost * this.intervalUs;
  }

  /** What is taken where this many units are left. */
  takenWith(unitsLeft: number): Span {
    const to = this.burstUs - unitsLeft * this.intervalUs;
    return { from: to - this.intervalUs + 1, to };
  }
}

/** A state, and when a call can run in it. */
interface Moment {
  readonly state: RateLimitState;
  readonly times: Span;
}

function take(
  proof: RateLimitProof,
  rate: Rate,
  moment: Moment,
  { args, reply }: Ask<"take">,
): RateLimitState[] {
  const { operation = "", cost } = args;
  const known = moment.state.operations.get(operation);
  if (known) return again(rate, moment, known, { name: "take", args, reply });
  if (cost > rate.burst) return isTooLarge(rate, reply) ? [ranAt(moment)] : [];
  if (reply && "repeated" in reply && reply.repeated) return [];
  const outcomes = reply === undefined ? proof.outcomesOf(operation, cost) : [reply.outcome];
  return outcomes.flatMap((outcome) => {
    if (outcome !== "allowed" && outcome !== "refused") return [];
    const movedUs = outcome === "allowed" ? cost * rate.intervalUs : 0;
    const taken = meet(takenBy(rate, reply, { outcome, cost, movedUs }), takenIf(rate, outcome, cost));
    return finding(moment, taken).map(({ state, times }) => {
      const operations = new Map(state.operations).set(operation, { outcome, cost });
      if (movedUs === 0) return { ...state, nowUs: times.from, operations };
      const { from, to } = state.fullAtUs ?? times;
      return { nowUs: times.from, fullAtUs: { from: from + movedUs, to: to + movedUs }, operations };
    });
  });
}

/** The operation was sent before. */
function again(
  rate: Rate,
  moment: Moment,
  known: RememberedOutcome,
  { args: { cost }, reply }: Ask<"take">,
): RateLimitState[] {
  if (reply === undefined) return [];
  const isSame = known.outcome !== "reset" && known.cost === cost;
  if (!isSame || reply.outcome === "mismatch") {
    return !isSame && reply.outcome === "mismatch" ? [ranAt(moment)] : [];
  }
  if (reply.outcome !== known.outcome || !("repeated" in reply) || !reply.repeated) return [];
  const taken = takenBy(rate, reply, { outcome: reply.outcome, cost, movedUs: 0 });
  return finding(moment, taken).map(ranAt);
}

function peek(rate: Rate, moment: Moment, { args: { cost }, reply }: Ask<"peek">): RateLimitState[] {
  if (reply === undefined) return [];
  if (reply.outcome === "too_large" || cost > rate.burst) {
    return cost > rate.burst && isTooLarge(rate, reply) ? [ranAt(moment)] : [];
  }
  const told = takenBy(rate, reply, { outcome: reply.outcome, cost, movedUs: 0 });
  return finding(moment, meet(told, takenIf(rate, reply.outcome, cost))).map(ranAt);
}

function reset({ state, times }: Moment, { args, reply }: Ask<"reset">): RateLimitState[] {
  const { operation = "" } = args;
  const known = state.operations.get(operation);
  if (known) {
    const isReset = known.outcome === "reset";
    const isTold = isReset ? reply?.outcome === "reset" && reply.repeated : reply?.outcome === "mismatch";
    return isTold ? [ranAt({ state, times })] : [];
  }
  if (reply !== undefined && (reply.outcome !== "reset" || reply.repeated)) return [];
  const operations = new Map(state.operations).set(operation, { outcome: "reset", cost: 0 });
  return [{ nowUs: times.from, fullAtUs: undefined, operations }];
}

function isTooLarge(rate: Rate, reply: LimitTakeReply | LimitPeekReply | undefined): boolean {
  return reply?.outcome === "too_large" && reply.periodMs === rate.periodMs;
}

/** The state after a call that changes nothing. */
function ranAt({ state, times }: Moment): RateLimitState {
  return { ...state, nowUs: times.from };
}

/** What a call finds taken if it has this outcome now. */
function takenIf(rate: Rate, outcome: "allowed" | "refused", cost: number): Span {
  const mostUs = rate.mostTakenUs(cost);
  return outcome === "allowed" ? { from: 0, to: mostUs } : { from: mostUs + 1, to: rate.burstUs };
}

interface Told {
  readonly outcome: "allowed" | "refused";
  readonly cost: number;
  /** How much the call itself took. */
  readonly movedUs: number;
}

/** What a call found taken, by the numbers of its reply. Undefined: they contradict each other. */
function takenBy(
  rate: Rate,
  reply: LimitTakeReply | LimitPeekReply | undefined,
  { outcome, cost, movedUs }: Told,
): Span | undefined {
  const any = { from: 0, to: rate.burstUs };
  if (reply === undefined) return any;
  if (!("remaining" in reply) || reply.periodMs !== rate.periodMs) return undefined;
  const { remaining, retryAfterMs, resetAfterMs } = reply;
  const unitsLeft = remaining + movedUs / rate.intervalUs;
  const taken = meet(meet(any, spanOf(resetAfterMs, -movedUs)), rate.takenWith(unitsLeft));
  const mostUs = rate.mostTakenUs(cost);
  if (outcome === "allowed") return retryAfterMs === 0 ? taken : undefined;
  return meet(taken, retryAfterMs === 0 ? { from: 0, to: mostUs } : spanOf(retryAfterMs, mostUs));
}

/** Microseconds that a reply has as milliseconds, rounded up, and this number more. */
function spanOf(ms: number, moreUs: number): Span {
  return { from: 1_000 * (ms - 1) + 1 + moreUs, to: 1_000 * ms + moreUs };
}

/** The moments in which a call finds so much taken. */
function finding({ state, times }: Moment, taken: Span | undefined): readonly Moment[] {
  if (taken === undefined) return [];
  const { fullAtUs } = state;
  const moments: Moment[] = [];
  const free = fullAtUs ? since(times, fullAtUs) : times;
  if (taken.from <= 0 && free) moments.push({ state: { ...state, fullAtUs: undefined }, times: free });
  const some = meet(taken, { from: 1, to: Infinity });
  if (some === undefined) return moments;
  const after = meet(fullAtUs, { from: times.from + some.from, to: times.to + some.to });
  const during = after && meet(times, { from: after.from - some.to, to: after.to - some.from });
  if (after && during) moments.push({ state: { ...state, fullAtUs: after }, times: during });
  return moments;
}
