import type { Ask, Effect, StockState } from "./stock-state.js";
import { answered, closedAs, closings, remember, unchanged, withState } from "./stock-steps.js";
import { before, type Span, since } from "./time.js";

/** Another number of units for a held reservation. */
export function resize(state: StockState, times: Span, { args }: Ask<"resize">): Effect[] {
  const { reservation: name, units } = args;
  const first = { ...state, nowMs: times.from };
  const asked = `${name} ${units} ${args.backorder === true}`;
  const known = state.answers.get(`resize ${args.operation}`);
  if (known) return [unchanged(first, known.asked === asked ? answered(known) : { outcome: "mismatch" })];
  const keep = (at: StockState, outcome: string, available?: number): Effect => {
    const reply = { outcome, ...(available === undefined ? {} : { available }) };
    return { state: remember(at, "resize", args.operation, { ...reply, asked }), reply };
  };
  const own = state.reservations.get(name);
  if (own === undefined) return [keep(first, "unknown")];
  // Whether the script remembers this answer makes no difference: nothing changes such a reservation.
  if (own.state === "committed") return [unchanged(first, { outcome: "already_committed" })];
  // A commit with retake may sell it later, and the script remembers this answer.
  if (own.state === "expired") return [keep(first, own.state)];
  if (own.state !== "held") return [unchanged(first, { outcome: own.state })];
  const effects: Effect[] = [];
  const [held, over] = [before(times, own.ends), since(times, own.ends)];
  if (over) {
    const closed = closedAs({ ...state, nowMs: over.from }, name, "expired");
    effects.push(unchanged(closed, { outcome: "expired" }));
  }
  if (held === undefined) return effects;
  const now = { ...state, nowMs: held.from };
  const [more, available] = [units - own.units, state.total - state.held];
  if (more > 0 && available < more && !args.backorder) {
    return [...effects, keep(now, "refused", available)];
  }
  const reservations = new Map(state.reservations).set(name, { ...own, units });
  const after = { ...now, held: state.held + more, reservations };
  return [...effects, keep(after, "resized", available - more)];
}

export function commit(state: StockState, times: Span, { args }: Ask<"commit">): Effect[] {
  const name = args.reservation;
  const first = { ...state, nowMs: times.from };
  const asked = `${name} ${args.retake === true} ${args.backorder === true}`;
  const known = state.answers.get(`commit ${args.operation}`);
  if (known?.asked === asked) return [unchanged(first, answered(known))];
  const keep = (at: StockState, outcome: string): Effect => ({
    state: remember(at, "commit", args.operation, { outcome, asked }),
    reply: { outcome },
  });
  const retaken = (at: StockState, runs: Span, units: number): Effect[] => {
    if (sellableOf(at) >= units || args.backorder) return [sold(at, name, units)];
    // Other leases that are over are closed only if their units then suffice.
    return closings(at, runs).map(({ state: closed }) => {
      if (sellableOf(closed) >= units) return sold(closed, name, units);
      const missing = Math.min(units, units - sellableOf(closed));
      const later = { ...at, nowMs: closed.nowMs };
      return {
        state: remember(later, "commit", args.operation, { outcome: "shortfall", asked, missing }),
        reply: { outcome: "shortfall", missing },
      };
    });
  };
  const own = state.reservations.get(name);
  if (own === undefined) return [keep(first, "unknown")];
  if (own.state === "committed") return [unchanged(first, { outcome: "already_committed" })];
  if (own.state === "expired" && args.retake) return retaken(first, times, own.units);
  if (own.state !== "held") return [keep(first, own.state)];
  const effects: Effect[] = [];
  const [held, over] = [before(times, own.ends), since(times, own.ends)];
  if (over) {
    const closed = closedAs({ ...state, nowMs: over.from }, name, "expired");
    const expired = unchanged(closed, { outcome: "expired" });
    effects.push(...(args.retake ? retaken(closed, over, own.units) : [expired]));
  }
  if (held === undefined) return effects;
  const now = { ...state, nowMs: held.from };
  if (state.total < own.units && !args.backorder) return [...effects, keep(now, "short")];
  return [...effects, sold(closedAs(now, name, "released"), name, own.units)];
}

/** The units that a reservation that holds none can still get. */
function sellableOf({ total, held }: StockState): number {
  return Math.min(total, total - held);
}

/** The units of a reservation that holds none any more are sold. */
function sold(state: StockState, name: string, units: number): Effect {
  const after = withState({ ...state, total: state.total - units }, name, "committed");
  return {
    state: after,
    reply: { outcome: "committed", total: after.total, available: after.total - after.held },
  };
}

export function release(state: StockState, times: Span, { args }: Ask<"release">): Effect[] {
  const name = args.reservation;
  const first = { ...state, nowMs: times.from };
  const known = state.answers.get(`release ${args.operation}`);
  if (known?.asked === name) return [unchanged(first, answered(known))];
  const keep = (outcome: string): Effect => ({
    state: remember(first, "release", args.operation, { outcome, asked: name }),
    reply: { outcome },
  });
  const own = state.reservations.get(name);
  if (own === undefined) return [keep("unknown")];
  if (own.state === "committed") return [keep("already_committed")];
  const available = state.total - state.held;
  if (own.state === "released") return [unchanged(first, { outcome: "released", available })];
  // A commit with `retake` must find it released.
  if (own.state === "expired") {
    return [{ state: withState(first, name, "released"), reply: { outcome: "expired" } }];
  }
  const effects: Effect[] = [];
  const [held, over] = [before(times, own.ends), since(times, own.ends)];
  if (over) {
    const after = closedAs({ ...state, nowMs: over.from }, name, "released");
    effects.push({ state: after, reply: { outcome: "expired" } });
  }
  if (held) {
    const after = closedAs({ ...state, nowMs: held.from }, name, "released");
    effects.push({
      state: after,
      reply: { outcome: "released", available: available + own.units },
    });
  }
  return effects;
}
