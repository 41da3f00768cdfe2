import type { LockAcquireArgs, LockAcquireReply } from "../../../generated/ts/lock/acquire.js";
import type { LockReleaseArgs, LockReleaseReply } from "../../../generated/ts/lock/release.js";
import type { LockRenewArgs, LockRenewReply } from "../../../generated/ts/lock/renew.js";
import type { Call, Model } from "../call.js";
import { textOfMap } from "./text-of-map.js";
import { at, before, endsAfter, meet, type Span, since, textOfSpan, timesOf, windowOf } from "./time.js";

export type LockOperation =
  | { readonly name: "acquire"; readonly args: LockAcquireArgs; readonly reply: LockAcquireReply | undefined }
  | { readonly name: "renew"; readonly args: LockRenewArgs; readonly reply: LockRenewReply | undefined }
  | {
      readonly name: "release";
      readonly args: LockReleaseArgs;
      readonly reply: LockReleaseReply | undefined;
    };

/** The last grant. It stays known after its end. */
interface Hold {
  readonly owner: string;
  /** One fence, or all fences that the grant can have if no reply has told it. */
  readonly fence: Span;
  readonly ends: Span;
  readonly isReleased: boolean;
}

export interface LockState {
  /** Redis's clock is not earlier than this. */
  readonly nowMs: number;
  readonly hold: Hold | undefined;
  /** Owners that held the lock, were told `busy` without waiting, or let go. */
  readonly owners: ReadonlyMap<string, "granted" | "busy" | "ended">;
}

type Ask<Name extends LockOperation["name"]> = Extract<LockOperation, { name: Name }>;

const ownersText = textOfMap((owner: string, fact: string) => `${owner} ${fact}`);

/**
 * One lock. It is exact: a lease ends at the millisecond that a reply names, and an owner holds the
 * lock once. Two things are permissive. Without a reply, the end of a lease is any time that the
 * call's own times allow, until another reply tells it. And nothing is forgotten, so a history must
 * be shorter than 10 minutes.
 */
export function lockModel(history: readonly Call<LockOperation>[]): Model<LockState, LockOperation> {
  const proof = proofOf(history);
  return {
    isIdempotent: () => true,
    initial: { nowMs: 0, hold: undefined, owners: new Map() },
    ignores: ({ operation, attemptsOf }) =>
      !proof.holders.has(operation.args.owner) || proof.settled.has(attemptsOf),
    windowOf: windowOfLock,
    next(state, call) {
      const times = timesOf(state.nowMs, call);
      if (times === undefined) return [];
      const { operation } = call;
      switch (operation.name) {
        case "acquire":
          return acquire(state, times, operation);
        case "renew":
          return renew(state, times, operation);
        case "release":
          return release(state, times, operation);
      }
    },
    timeOf: ({ nowMs }) => nowMs,
    textOf({ hold, owners }) {
      return `${textOfHold(hold)}; known owners: ${ownersText(owners)}`;
    },
  };
}

/** What the replies of a history prove. */
interface Proof {
  /**
   * Owners that a reply names as a holder, or that a reply says have ended. For all others, it makes
   * no difference whether their calls without a reply took effect.
   */
  readonly holders: ReadonlySet<string>;
  /** Requests whose reply says that this very attempt took effect. Other copies did nothing. */
  readonly settled: ReadonlySet<number | undefined>;
}

function proofOf(history: readonly Call<LockOperation>[]): Proof {
  const holders = new Set<string>();
  const settled = new Set<number | undefined>();
  for (const { operation, attemptsOf } of history) {
    const { reply, args } = operation;
    if (reply === undefined) continue;
    if (reply.outcome === "busy") holders.add(reply.holder);
    else if (reply.outcome !== "lost") holders.add(args.owner);
    const isFirst = reply.outcome === "acquired" && !reply.repeated;
    const isSettled = isFirst || reply.outcome === "renewed" || reply.outcome === "released";
    if (isSettled && attemptsOf !== undefined) settled.add(attemptsOf);
  }
  return { holders, settled };
}

/** A grant tells when the script ran. */
function windowOfLock(call: Call<LockOperation>): Span {
  const window = windowOf(call);
  const { name, args, reply } = call.operation;
  if (name !== "acquire" || reply?.outcome !== "acquired" || reply.repeated) return window;
  return meet(window, at(reply.leaseEndsMs - args.leaseMs)) ?? window;
}

function textOfHold(hold: Hold | undefined): string {
  if (hold === undefined) return "never held";
  const { owner, fence, ends, isReleased } = hold;
  return `${isReleased ? "released by" : "held by"} ${owner} with fence ${textOfSpan(fence)} until ${textOfSpan(ends)}`;
}

function acquire(state: LockState, times: Span, { args, reply }: Ask<"acquire">): LockState[] {
  const { hold, owners } = state;
  if (hold?.owner === args.owner) return again(state, hold, times, reply);
  const states: LockState[] = [];
  const busyTimes = hold && !hold.isReleased ? before(times, hold.ends) : undefined;
  if (hold && busyTimes) states.push(...busy(state, hold, busyTimes, { name: "acquire", args, reply }));
  const freeTimes = hold && !hold.isReleased ? since(times, hold.ends) : times;
  if (freeTimes === undefined) return states;
  if (owners.has(args.owner)) {
    if (reply?.outcome === "ended") states.push({ ...state, nowMs: freeTimes.from });
    return states;
  }
  const lastFence = hold?.fence.from ?? 0;
  if (reply === undefined) {
    const fence = { from: lastFence + 1, to: Number.POSITIVE_INFINITY };
    const ends = { from: freeTimes.from + args.leaseMs, to: freeTimes.to + args.leaseMs };
    states.push(granted(state, { owner: args.owner, fence, ends }, freeTimes.from));
  } else if (reply.outcome === "acquired" && !reply.repeated) {
    const { fence, leaseEndsMs } = reply;
    const time = meet(freeTimes, at(leaseEndsMs - args.leaseMs));
    // The clock gives a fence in microseconds, or the fence is the next number.
    const isNext = fence === lastFence + 1 || Math.floor(fence / 1_000) === time?.from;
    if (time && isNext && fence > lastFence) {
      states.push(granted(state, { owner: args.owner, fence: at(fence), ends: at(leaseEndsMs) }, time.from));
    }
  }
  return states;
}

function granted(state: LockState, hold: Omit<Hold, "isReleased">, nowMs: number): LockState {
  const owners = new Map(state.owners).set(hold.owner, "granted");
  return { nowMs, hold: { ...hold, isReleased: false }, owners };
}

/** The owner of the last grant asks again: it gets the same grant, or it has ended. */
function again(state: LockState, hold: Hold, times: Span, reply: LockAcquireReply | undefined): LockState[] {
  if (reply === undefined) return [];
  const { nowMs } = state;
  if (reply.outcome === "ended") {
    const ended = hold.isReleased ? times : since(times, hold.ends);
    return ended ? [{ ...state, nowMs: Math.max(nowMs, ended.from) }] : [];
  }
  if (reply.outcome !== "acquired" || !reply.repeated || hold.isReleased) return [];
  const [fence, ends] = [meet(hold.fence, at(reply.fence)), meet(hold.ends, at(reply.leaseEndsMs))];
  const held = ends && before(times, ends);
  return fence && ends && held ? [{ ...state, hold: { ...hold, fence, ends }, nowMs: held.from }] : [];
}

/** Another owner holds the lock. */
function busy(state: LockState, hold: Hold, times: Span, { args, reply }: Ask<"acquire">): LockState[] {
  const known = state.owners.get(args.owner);
  const isEnded = known !== undefined && (args.waits === true || known !== "busy");
  if (isEnded) {
    const held = { ...hold, ends: endsAfter(hold.ends, times.from) };
    return reply?.outcome === "ended" ? [{ ...state, hold: held, nowMs: times.from }] : [];
  }
  const owners = args.waits ? state.owners : new Map(state.owners).set(args.owner, "busy");
  if (reply === undefined) {
    const held = { ...hold, ends: endsAfter(hold.ends, times.from) };
    return known || args.waits ? [] : [{ hold: held, owners, nowMs: times.from }];
  }
  if (reply.outcome !== "busy" || reply.holder !== hold.owner) return [];
  const { retryAfterMs } = reply;
  const ends = meet(hold.ends, { from: times.from + retryAfterMs, to: times.to + retryAfterMs });
  return ends ? [{ hold: { ...hold, ends }, owners, nowMs: ends.from - retryAfterMs }] : [];
}

function renew(state: LockState, times: Span, { args, reply }: Ask<"renew">): LockState[] {
  const { hold } = state;
  const isHolder = hold?.owner === args.owner && meet(hold.fence, at(args.fence)) && !hold.isReleased;
  if (!hold || !isHolder) return reply?.outcome === "lost" ? [{ ...state, nowMs: times.from }] : [];
  const states: LockState[] = [];
  const over = since(times, hold.ends);
  if (over && reply?.outcome === "lost") states.push({ ...state, nowMs: over.from });
  const held = before(times, hold.ends);
  if (held === undefined) return states;
  if (reply?.outcome === "stale") {
    const ends = meet(hold.ends, at(reply.leaseEndsMs));
    if (ends && ends.from !== args.leaseEndsMs) {
      states.push({ ...state, hold: { ...hold, ends }, nowMs: held.from });
    }
  }
  const expected = meet(hold.ends, at(args.leaseEndsMs));
  const runs = expected && before(times, expected);
  if (runs === undefined || reply?.outcome === "stale" || reply?.outcome === "lost") return states;
  const leastMs = args.leaseEndsMs + 1;
  if (reply === undefined) {
    const from = Math.max(leastMs, runs.from + args.leaseMs);
    const ends = { from, to: Math.max(from, runs.to + args.leaseMs) };
    states.push({ ...state, hold: { ...hold, ends }, nowMs: runs.from });
  } else {
    const { leaseEndsMs } = reply;
    const to = leaseEndsMs - args.leaseMs;
    const time = meet(runs, leaseEndsMs === leastMs ? { from: -Infinity, to } : at(to));
    if (time) states.push({ ...state, hold: { ...hold, ends: at(leaseEndsMs) }, nowMs: time.from });
  }
  return states;
}

function release(state: LockState, times: Span, { args, reply }: Ask<"release">): LockState[] {
  const { hold, owners } = state;
  if (hold?.owner !== args.owner) {
    const isKnown = owners.has(args.owner);
    if (reply ? reply.outcome !== "lost" : isKnown) return [];
    const after = isKnown ? owners : new Map(owners).set(args.owner, "ended");
    return [{ ...state, owners: after, nowMs: times.from }];
  }
  const isFence = args.fence === undefined || meet(hold.fence, at(args.fence)) !== undefined;
  if (hold.isReleased || !isFence) {
    return reply?.outcome === "lost" ? [{ ...state, nowMs: times.from }] : [];
  }
  const released = { ...state, hold: { ...hold, isReleased: true } };
  const [held, over] = [before(times, hold.ends), since(times, hold.ends)];
  const states: LockState[] = [];
  if (held && reply?.outcome !== "lost") states.push({ ...released, nowMs: held.from });
  if (over && reply?.outcome !== "released") states.push({ ...released, nowMs: over.from });
  return states;
}
