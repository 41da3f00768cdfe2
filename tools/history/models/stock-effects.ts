import { commit, release, resize } from "./stock-endings.js";
import type { Answer, Ask, Effect, StockOperation, StockState } from "./stock-state.js";
import { answered, closedAs, closings, remember, unchanged } from "./stock-steps.js";
import { at, before, meet, type Span, since } from "./time.js";

/** What the call may have done at one of these times, with the reply of each. */
export function effectsOf(state: StockState, times: Span, operation: StockOperation): Effect[] {
  const now = { ...state, nowMs: times.from };
  switch (operation.name) {
    case "adjust":
      return [adjust(now, operation)];
    case "read":
      return [unchanged(now, { outcome: "known", total: state.total, available: state.total - state.held })];
    case "reserve":
      return reserve(state, times, operation);
    case "resize":
      return resize(state, times, operation);
    case "commit":
      return commit(state, times, operation);
    case "release":
      return release(state, times, operation);
  }
}

function adjust(state: StockState, { args }: Ask<"adjust">): Effect {
  const { total, held } = state;
  const asked = `${args.change} ${args.backorder} ${args.warehouse ?? ""}`;
  const known = args.operation === undefined ? undefined : state.answers.get(`adjust ${args.operation}`);
  if (known) {
    if (known.asked !== asked) return unchanged(state, { outcome: "mismatch" });
    return unchanged(state, { ...answered(known), repeated: true });
  }
  const next = total + args.change;
  const isShort = args.change < 0 && (next < 0 || next < held) && !args.backorder;
  const after = isShort ? total : next;
  const answer = { outcome: isShort ? "refused" : "adjusted", asked, total: after, available: after - held };
  const changed = remember({ ...state, total: after }, "adjust", args.operation, answer);
  return { state: changed, reply: { ...answered(answer), repeated: false } };
}

function reserve(state: StockState, times: Span, { args, reply }: Ask<"reserve">): Effect[] {
  const asked = `${args.units} ${args.reservation} ${args.replaces} ${args.backorder === true}`;
  const known = state.answers.get(`reserve ${args.operation}`);
  const first = { ...state, nowMs: times.from };
  if (known?.asked === asked) return [unchanged(first, answered(known))];
  const refuse = (at: StockState, answer: Omit<Answer, "asked">): Effect => ({
    state: remember(at, "reserve", args.operation, { ...answer, asked }),
    reply: answer,
  });
  const own = state.reservations.get(args.reservation);
  if (own === undefined) return reserveNew(state, times, { name: "reserve", args, reply }, refuse);
  if (own.state === "committed") return [unchanged(first, { outcome: "already_committed" })];
  // A commit with retake may sell it later, and the script remembers this answer.
  if (own.state === "expired") return [refuse(first, { outcome: own.state })];
  if (own.state !== "held") return [unchanged(first, { outcome: own.state })];
  const effects: Effect[] = [];
  const [held, over] = [before(times, own.ends), since(times, own.ends)];
  if (over) {
    const closed = closedAs({ ...state, nowMs: over.from }, args.reservation, "expired");
    effects.push(refuse(closed, { outcome: "expired" }));
  }
  if (held === undefined) return effects;
  if (own.units !== args.units)
    return [...effects, unchanged({ ...state, nowMs: held.from }, { outcome: "mismatch" })];
  // The same reservation again: the reply tells the end of its lease.
  const told = reply?.outcome === "reserved" ? meet(own.ends, at(reply.leaseEndsMs)) : undefined;
  if (told && before(held, told)) {
    const reservations = new Map(state.reservations).set(args.reservation, { ...own, ends: told });
    const available = state.total - state.held;
    effects.push(unchanged({ ...state, reservations, nowMs: held.from }, { outcome: "reserved", available }));
  }
  return effects;
}

function reserveNew(
  state: StockState,
  times: Span,
  { args, reply }: Ask<"reserve">,
  refuse: (at: StockState, answer: Omit<Answer, "asked">) => Effect,
): Effect[] {
  // A lease that was granted tells when the script ran.
  const told = reply?.outcome === "reserved" ? at(reply.leaseEndsMs - args.leaseMs) : undefined;
  const runs = told ? meet(times, told) : times;
  if (runs === undefined) return [];
  return closings(state, runs).map(({ state: closed, until }) => {
    const available = closed.total - closed.held;
    const old = args.replaces === undefined ? undefined : closed.reservations.get(args.replaces);
    const replaced = old?.state === "held" ? old.units : 0;
    if (available + replaced < args.units && !args.backorder) {
      return refuse(closed, { outcome: "refused", available });
    }
    const ends = { from: closed.nowMs + args.leaseMs, to: until + args.leaseMs };
    const reservations = new Map(closed.reservations).set(args.reservation, {
      state: "held",
      units: args.units,
      ends,
    });
    if (args.replaces !== undefined && (old?.state === "held" || old?.state === "expired")) {
      reservations.set(args.replaces, { ...old, state: "released" });
    }
    const after = { ...closed, held: closed.held + args.units - replaced, reservations };
    return {
      state: after,
      reply: { outcome: "reserved", available: available + replaced - args.units },
    };
  });
}
