import type { Call, Model } from "../call.js";
import { enter } from "./permit-entries.js";
import { PermitProof } from "./permit-proof.js";
import type { Ask, Grant, PermitOperation, PermitState } from "./permit-state.js";
import { textOfMap } from "./text-of-map.js";
import { at, before, meet, type Span, since, textOfSpan, timesOf } from "./time.js";

export type { PermitOperation } from "./permit-state.js";

const ownersText = textOfMap((owner: string, fact: string) => `${owner} ${fact}`);

/**
 * The permits of one name, of which all calls allow the same number. It is exact: a lease ends at the
 * millisecond that a reply names, an owner enters once, and a permit that was left is the next one to
 * be given. Two things are permissive, as in the model of locks: the end of a lease that no reply
 * told, and that nothing is forgotten.
 */
export function permitModel(history: readonly Call<PermitOperation>[]): Model<PermitState, PermitOperation> {
  const proof = new PermitProof(history);
  return {
    // A copy of renew that comes after the lease counts the permit as left.
    isIdempotent: ({ operation }) => operation.name !== "renew",
    initial: { nowMs: 0, permits: [], owners: new Map() },
    ignores: (call) => proof.isSettled(call),
    kindOf: (call) => proof.kindOf(call),
    windowOf: (call) => proof.windowOf(call),
    next(state, call) {
      const times = timesOf(state.nowMs, call);
      if (times === undefined) return [];
      const { operation } = call;
      const states = nextStates(proof, state, times, operation).filter((after) => !proof.isTooLate(after));
      if (operation.reply !== undefined) return states;
      // Whether an owner is remembered matters only if a reply says that it has ended.
      const isRemembered = proof.hasEnded(operation.args.owner);
      return states.filter(
        ({ permits, owners }) => permits !== state.permits || (owners !== state.owners && isRemembered),
      );
    },
    timeOf: ({ nowMs }) => nowMs,
    textOf({ permits, owners }) {
      const texts = permits.map(
        ({ owner, fence, ends, hasLeft }, number) =>
          `permit ${number} ${hasLeft ? "left" : "held"} by ${owner} with fence ${textOfSpan(fence)} until ${textOfSpan(ends)}`,
      );
      return `${texts.join(", ") || "no permits"}; known owners: ${ownersText(owners)}`;
    },
  };
}

function nextStates(
  proof: PermitProof,
  state: PermitState,
  times: Span,
  operation: PermitOperation,
): readonly PermitState[] {
  switch (operation.name) {
    case "enter":
      return enter(proof, state, times, operation);
    case "renew":
      return renew(state, times, operation);
    case "leave":
      return leave(state, times, operation);
  }
}

function renew(state: PermitState, times: Span, { args, reply }: Ask<"renew">): PermitState[] {
  const number = state.permits.findIndex(({ owner }) => owner === args.owner);
  const last = state.permits[number];
  const isLost = reply?.outcome === "lost";
  const nothing = isLost ? [{ ...state, nowMs: times.from }] : [];
  const fence = meet(last?.fence, at(args.fence));
  if (last === undefined || last.hasLeft || fence === undefined) return nothing;
  const grant = { ...last, fence };
  const states = isKnown(last.fence) ? [] : nothing;
  const after = (changed: Partial<Grant>, nowMs: number) => {
    states.push({ ...state, permits: state.permits.with(number, { ...grant, ...changed }), nowMs });
  };
  const [held, over] = [before(times, grant.ends), since(times, grant.ends)];
  if (over && (reply === undefined || isLost)) after({ hasLeft: true }, over.from);
  if (held && reply?.outcome === "stale") {
    const ends = meet(grant.ends, at(reply.leaseEndsMs));
    const stale = ends && before(held, ends);
    if (stale && ends.from !== args.leaseEndsMs) after({ ends }, stale.from);
  }
  const expected = meet(grant.ends, at(args.leaseEndsMs));
  const runs = expected && before(times, expected);
  if (runs === undefined || reply?.outcome === "stale" || isLost) return states;
  const leastMs = args.leaseEndsMs + 1;
  if (reply === undefined) {
    const from = Math.max(leastMs, runs.from + args.leaseMs);
    after({ ends: { from, to: Math.max(from, runs.to + args.leaseMs) } }, runs.from);
  } else {
    const { leaseEndsMs } = reply;
    const to = leaseEndsMs - args.leaseMs;
    const time = meet(runs, leaseEndsMs === leastMs ? { from: -Infinity, to } : at(to));
    if (time) after({ ends: at(leaseEndsMs) }, time.from);
  }
  return states;
}

function leave(state: PermitState, times: Span, { args, reply }: Ask<"leave">): PermitState[] {
  const { permits, owners } = state;
  const number = permits.findIndex(({ owner }) => owner === args.owner);
  const grant = permits[number];
  const isLost = reply?.outcome === "lost";
  if (grant === undefined) {
    const after = owners.has(args.owner) ? owners : new Map(owners).set(args.owner, "ended" as const);
    return reply === undefined || isLost ? [{ ...state, owners: after, nowMs: times.from }] : [];
  }
  const nothing = isLost ? [{ ...state, nowMs: times.from }] : [];
  const fence = args.fence === undefined ? grant.fence : meet(grant.fence, at(args.fence));
  if (grant.hasLeft || fence === undefined) return nothing;
  const left = permits.with(number, { ...grant, fence, hasLeft: true });
  const during = isLost ? since(times, grant.ends) : before(times, grant.ends);
  const ran = reply === undefined ? times : during;
  const states = ran ? [{ ...state, permits: left, nowMs: ran.from }] : [];
  return args.fence === undefined || isKnown(grant.fence) ? states : [...states, ...nothing];
}

/**
 * Whether the fence of a grant is known. If not, a call that passes a fence can have another one. Then
 * it does nothing.
 */
function isKnown({ from, to }: Span): boolean {
  return from === to;
}
