import type { Call, ModelOf } from "../call.js";
import { effectsOf } from "./stock-effects.js";
import { StockProof } from "./stock-proof.js";
import type { Answer, Effect, Reservation, StockOperation, StockState } from "./stock-state.js";
import { textOfMap } from "./text-of-map.js";
import { meet, textOfSpan, timesOf } from "./time.js";

export type { StockOperation, StockState } from "./stock-state.js";

/**
 * The stock of one product in one warehouse, which has these units at first. It is exact: leases end
 * at the millisecond that a reply names, and an ended lease counts as held until a reserve, a
 * commit or a release closes it. Two things are permissive. Without a reply, the end of a lease is
 * any time that the call's own times allow. And nothing is forgotten, so a history must be shorter than
 * 10 minutes.
 * The model has no sweeps, and at most 200 leases may end between two reserves.
 */
export function stockModel(units: number): ModelOf<StockState, StockOperation> {
  return (history) => {
    const isNeeded = neededIn(history);
    const proof = new StockProof(history);
    return {
      // A second reserve closes the reservation if its lease has ended meanwhile.
      isIdempotent: ({ operation }) => operation.name !== "reserve",
      ...(proof.contradiction ? { contradiction: proof.contradiction } : {}),
      initial: { nowMs: 0, total: units, held: 0, reservations: new Map(), answers: new Map() },
      ignores: (call) => proof.isSettled(call),
      kindOf: (call) => proof.kindOf(call),
      windowOf: (call) => proof.windowOf(call),
      mayComeFirst,
      next(state, call) {
        // What runs after the last reply explains nothing.
        const times = meet(timesOf(state.nowMs, call), { from: 0, to: proof.lastMs });
        if (times === undefined) return [];
        const { operation } = call;
        const states = effectsOf(state, times, operation).flatMap((effect) => {
          if (operation.reply === undefined)
            return isNeeded(state, effect.state, operation) ? [effect.state] : [];
          return explained(effect, operation.reply);
        });
        // If no lease ends, then the order of the calls is all that matters.
        return proof.endsNoLease ? states.map((after) => ({ ...after, nowMs: 0 })) : states;
      },
      distanceTo,
      timeOf: ({ nowMs }) => nowMs,
      textOf: ({ total, held, reservations, answers }) =>
        `total ${total}, held ${held}; reservations: ${reservationsText(reservations)}; answers: ${answersText(answers)}`,
    };
  };
}

const reservationsText = textOfMap(
  (name: string, { state, units, ends }: Reservation) =>
    `${name} ${state} ${units} until ${textOfSpan(ends)}`,
);
const answersText = textOfMap(
  (name: string, { outcome, asked, total, available, missing }: Answer) =>
    `${name} ${asked} ${outcome} ${total} ${available} ${missing}`,
);

/**
 * A call that only remembers its own answer can come before all others. If it comes later, then no
 * copy of it ran in between, because its answer would be another one. But a reserve that comes later
 * could close leases that have ended.
 */
function mayComeFirst({ operation }: Call<StockOperation>, before: StockState, after: StockState): boolean {
  return (
    operation.name !== "reserve" &&
    before.total === after.total &&
    before.held === after.held &&
    before.reservations === after.reservations
  );
}

/** The difference of the units that the reply tells from those after the call. */
function distanceTo({ total, held, reservations }: StockState, { operation }: Call<StockOperation>): number {
  const { name, args, reply } = operation;
  if (reply === undefined || !("available" in reply) || reply.available === undefined) return 0;
  const { available, outcome } = reply;
  const stateOf = (name: string) => reservations.get(name)?.state;
  const heldBy = (name: string) => (stateOf(name) === "held" ? (reservations.get(name)?.units ?? 0) : 0);
  const isNew = !("repeated" in reply && reply.repeated);
  const change = name === "adjust" && outcome === "adjusted" && isNew ? args.change : 0;
  const reserves = name === "reserve" && outcome === "reserved" && !reservations.has(args.reservation);
  const own = "reservation" in args ? (reservations.get(args.reservation)?.units ?? 0) : 0;
  const sold = outcome === "committed" ? own : 0;
  // A payment after the lease takes units that were available.
  const retaken = sold > 0 && "reservation" in args && stateOf(args.reservation) === "expired" ? own : 0;
  const replaced = reserves && args.replaces !== undefined ? heldBy(args.replaces) : 0;
  const resized = name === "resize" && outcome === "resized" ? args.units - own : 0;
  const freed = outcome === "released" ? own : 0;
  const after = total - held + change - (reserves ? args.units : 0) + replaced - resized + freed - retaken;
  const told = "total" in reply && reply.total !== undefined ? reply.total : undefined;
  return Math.abs(after - available) + (told === undefined ? 0 : Math.abs(total + change - sold - told));
}

/**
 * Whether a call without a reply changed the stock, or only the answer that the script remembers. An
 * answer matters only if another call of the same operation has a reply.
 */
function neededIn(
  history: readonly Call<StockOperation>[],
): (before: StockState, after: StockState, operation: StockOperation) => boolean {
  const replied = new Set(
    history.flatMap(({ operation }) => (operation.reply === undefined ? [] : [answerOf(operation)])),
  );
  return (from, to, operation) =>
    from.total !== to.total ||
    from.held !== to.held ||
    from.reservations !== to.reservations ||
    (from.answers !== to.answers && replied.has(answerOf(operation)));
}

/** The name of the answer that the script remembers. */
function answerOf({ name, args }: StockOperation): string {
  return "operation" in args ? `${name} ${args.operation}` : name;
}

/** The state if the reply is the one of the effect, with the end of a lease that the reply tells. */
function explained({ state, reply }: Effect, actual: object): StockState[] {
  const fields = new Map<string, unknown>(Object.entries(actual));
  for (const name of ["outcome", "repeated", "total", "available", "missing"] as const) {
    if (reply[name] !== undefined && fields.get(name) !== reply[name]) return [];
  }
  return fields.get("outcome") === reply.outcome ? [state] : [];
}
