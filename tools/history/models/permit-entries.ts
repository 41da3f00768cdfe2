import type { PermitProof } from "./permit-proof.js";
import type { Ask, Grant, PermitState } from "./permit-state.js";
import { at, before, endsAfter, meet, type Span, since } from "./time.js";

/** When a call runs, and which permits are held then. */
interface Moment {
  readonly times: Span;
  /** By the numbers of the permits. */
  readonly isHeld: readonly boolean[];
}

/** The states after an owner has asked for a permit. */
export function enter(
  proof: PermitProof,
  state: PermitState,
  times: Span,
  ask: Ask<"enter">,
): readonly PermitState[] {
  const { args, reply } = ask;
  const known = state.owners.get(args.owner);
  if (known === "ended") return again(state, times, ask);
  return momentsOf(state.permits, times).flatMap((moment) => {
    const held = moment.isHeld.filter((isHeld) => isHeld).length;
    const isEnded = known === "busy" && (args.waits === true || held < args.maxPermits);
    if (isEnded) return reply?.outcome === "ended" ? [during(state, moment, moment.times)] : [];
    return held < args.maxPermits ? granted(proof, state, moment, ask) : full(state, moment, ask);
  });
}

/** An owner that has entered gets the same permit as long as it has it. */
function again(state: PermitState, times: Span, { args, reply }: Ask<"enter">): PermitState[] {
  const { permits } = state;
  const number = permits.findIndex(({ owner }) => owner === args.owner);
  const grant = permits[number];
  if (reply?.outcome === "ended") {
    const ended = grant === undefined || grant.hasLeft ? times : since(times, grant.ends);
    return ended ? [{ ...state, nowMs: ended.from }] : [];
  }
  if (reply?.outcome !== "entered" || !reply.repeated || grant === undefined || grant.hasLeft) return [];
  const [fence, ends] = [meet(grant.fence, at(reply.fence)), meet(grant.ends, at(reply.leaseEndsMs))];
  const held = ends && before(times, ends);
  if (reply.permit !== number || !fence || !held) return [];
  return [{ ...state, permits: permits.with(number, { ...grant, fence, ends }), nowMs: held.from }];
}

function granted(
  proof: PermitProof,
  state: PermitState,
  moment: Moment,
  { args, reply }: Ask<"enter">,
): PermitState[] {
  const { owner, leaseMs } = args;
  return freeNumbers(state.permits, moment).flatMap((number) => {
    const last = state.permits[number]?.fence ?? at(0);
    const after = (fence: Span, ends: Span, times: Span): PermitState => {
      const { permits, ...rest } = during(state, moment, times);
      const grants = [...permits];
      grants[number] = { owner, fence, ends, hasLeft: false };
      return { ...rest, permits: grants, owners: new Map(state.owners).set(owner, "ended") };
    };
    if (reply !== undefined) {
      if (reply.outcome !== "entered" || reply.repeated || reply.permit !== number) return [];
      const times = meet(moment.times, at(reply.leaseEndsMs - leaseMs));
      const ran = times && meet(times, timesOfFence(reply.fence, last));
      return ran ? [after(at(reply.fence), at(reply.leaseEndsMs), ran)] : [];
    }
    const told = proof.grantOf(owner);
    if (told === undefined) {
      if (!proof.mayEnter(owner)) return [];
      const { from, to } = moment.times;
      const fence = { from: Math.max(last.from + 1, 1_000 * from), to: Infinity };
      return [after(fence, { from: from + leaseMs, to: to + leaseMs }, moment.times)];
    }
    const ran = told.permit === number ? meet(moment.times, timesOfFence(told.fence, last)) : undefined;
    return ran ? [after(at(told.fence), { from: ran.from + leaseMs, to: ran.to + leaseMs }, ran)] : [];
  });
}

/** When a grant with this fence can have run after another grant of the same permit. */
function timesOfFence(fence: number, last: Span): Span {
  if (fence <= last.from) return { from: Infinity, to: -Infinity };
  // The clock gives a fence in microseconds, or the fence is the next number.
  const timeMs = Math.floor(fence / 1_000);
  return fence - 1 === last.to ? { from: -Infinity, to: timeMs } : at(timeMs);
}

/** All permits are held. */
function full(state: PermitState, moment: Moment, { args, reply }: Ask<"enter">): PermitState[] {
  const isNew = !args.waits && !state.owners.has(args.owner);
  const owners = isNew ? new Map(state.owners).set(args.owner, "busy" as const) : state.owners;
  if (reply === undefined) return isNew ? [{ ...state, owners, nowMs: moment.times.from }] : [];
  if (reply.outcome !== "full") return [];
  const { retryAfterMs } = reply;
  // One of the leases is the first to end, and the reply tells when.
  return [...state.permits.keys()].flatMap((first) => {
    const grant = state.permits[first];
    if (!grant || !moment.isHeld[first]) return [];
    const { from, to } = moment.times;
    const ends = meet(grant.ends, { from: from + retryAfterMs, to: to + retryAfterMs });
    const times = ends && meet(moment.times, { from: ends.from - retryAfterMs, to: ends.to - retryAfterMs });
    if (!times) return [];
    const { permits, ...rest } = during(state, moment, times);
    const others = permits.map((other, number) => {
      if (number === first) return { ...grant, ends };
      const notEarlier = moment.isHeld[number] ? { from: ends.from, to: Infinity } : other.ends;
      const otherEnds = meet(other.ends, notEarlier);
      return otherEnds && { ...other, ends: otherEnds };
    });
    const possible = others.filter((other) => other !== undefined);
    return possible.length === others.length ? [{ ...rest, permits: possible, owners }] : [];
  });
}

/** Which permits can be held when a call runs at one of these times. */
function momentsOf(permits: readonly Grant[], times: Span): readonly Moment[] {
  let moments: readonly Moment[] = [{ times, isHeld: [] }];
  for (const { ends, hasLeft } of permits) {
    moments = moments.flatMap((moment) => {
      const [held, over] = hasLeft
        ? [undefined, moment.times]
        : [before(moment.times, ends), since(moment.times, ends)];
      return [
        ...(held ? [{ times: held, isHeld: [...moment.isHeld, true] }] : []),
        ...(over ? [{ times: over, isHeld: [...moment.isHeld, false] }] : []),
      ];
    });
  }
  return moments;
}

/** The state at these times of a moment, with what the moment tells about the ends of leases. */
function during(state: PermitState, { isHeld }: Moment, { from, to }: Span): PermitState {
  const permits = state.permits.map((grant, number) => {
    const { ends, hasLeft } = grant;
    if (hasLeft) return grant;
    const known = isHeld[number] ? endsAfter(ends, from) : { from: ends.from, to: Math.min(ends.to, to) };
    return known.from === ends.from && known.to === ends.to ? grant : { ...grant, ends: known };
  });
  return { ...state, permits, nowMs: from };
}

/** The numbers that a new owner can get: the first one that was left, else the one that ended first. */
function freeNumbers(permits: readonly Grant[], { isHeld }: Moment): readonly number[] {
  const left = permits.findIndex(({ hasLeft }) => hasLeft);
  if (left >= 0) return [left];
  const expired = [...permits.entries()].filter(([number]) => !isHeld[number]);
  if (expired.length === 0) return [permits.length];
  const firstMs = Math.min(...expired.map(([, { ends }]) => ends.to));
  return expired.filter(([, { ends }]) => ends.from <= firstMs).map(([number]) => number);
}
