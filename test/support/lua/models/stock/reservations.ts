import type { Of } from "./commands.js";
import type { Reservation, StockState } from "./state.js";

/** The end of a lease that `extend` found over: before every instant, also after the clock went back. */
export const endedForGood = -1_000_000;

/** The horizon of late calls, in ticks. */
const HORIZON = 0.66;

export function reserve(stock: StockState, step: Of<"reserve">): object {
  const known = stock.reservations.get(step.reservation);
  if (known?.state === "held" && known.ends > stock.now) {
    if (stock.levels.size === 0) return { outcome: "unknown" };
    if (known.units !== step.units) return { outcome: "mismatch" };
    return {
      outcome: "reserved",
      available: stock.shown().available,
      leaseEndsMs: known.ends,
      repeated: true,
    };
  }
  if (known) return { outcome: closeEnded(stock, step.reservation, known, step.remember) };
  if (stock.levels.size === 0) return { outcome: "unknown" };
  const older = () => (step.replaces === undefined ? undefined : stock.reservations.get(step.replaces));
  const old = older();
  stock.endDue(100, step.remember);
  const replaced = older()?.state === "held" ? (old?.units ?? 0) : 0;
  if (stock.available + replaced < step.units && !step.backorder) {
    return { outcome: "refused", available: stock.available };
  }
  if (step.replaces !== undefined && (old?.state === "held" || old?.state === "expired")) {
    stock.close(step.replaces, old, "released", step.remember);
  }
  if (stock.available < step.units) stock.mayFallShort = true;
  const ends = stock.now + step.lease + 0.5;
  stock.reservations.set(step.reservation, { state: "held", units: step.units, ends });
  stock.holds = true;
  stock.due = Math.min(stock.due ?? ends, ends);
  return { outcome: "reserved", available: stock.shown().available, leaseEndsMs: ends };
}

export function resize(stock: StockState, step: Of<"resize">): object {
  const call = `${step.reservation} ${step.units} ${step.backorder}`;
  const remembered = stock.answers.get(`resize ${step.operation}`);
  if (remembered && remembered.call !== call) return { outcome: "mismatch" };
  if (remembered) return resized(remembered.outcome, remembered.available);
  const answer = (outcome: string, available = 0) => {
    stock.answers.set(`resize ${step.operation}`, { outcome, call, total: 0, available });
    return resized(outcome, available);
  };
  const known = stock.reservations.get(step.reservation);
  if (!known) return answer("unknown");
  if (known.state !== "held") {
    // The script remembers no answer while the reservation itself is known for the whole horizon.
    return known.ends - stock.now < HORIZON ? answer(closedAs(known)) : { outcome: closedAs(known) };
  }
  if (known.ends < stock.now) {
    // Known by its text, so the script remembers no answer.
    return { outcome: closeEnded(stock, step.reservation, known, step.remember) };
  }
  if (stock.levels.size === 0) return answer("unknown");
  const more = step.units - known.units;
  if (more > stock.available && more > 0 && !step.backorder) return answer("refused", stock.available);
  stock.reservations.set(step.reservation, { ...known, units: step.units });
  if (more > 0 && stock.available < 0) stock.mayFallShort = true;
  return answer("resized", stock.available);
}

function resized(outcome: string, available: number): object {
  return /^(resized|refused)$/.test(outcome) ? { outcome, available } : { outcome };
}

export function extend(stock: StockState, { reservation: name, lease, late }: Of<"extend">): object {
  const known = stock.reservations.get(name);
  if (!known) return { outcome: "unknown" };
  if (known.state === "held" && known.ends < stock.now) {
    stock.reservations.set(name, { ...known, ends: endedForGood });
  }
  if (known.state !== "held" || known.ends < stock.now) return { outcome: closedAs(known) };
  if (late) return { outcome: "stale", leaseEndsMs: known.ends };
  const ends = Math.max(stock.now + lease + 0.5, known.ends);
  stock.reservations.set(name, { ...known, ends });
  return { outcome: "extended", leaseEndsMs: ends };
}

export function commit(stock: StockState, step: Of<"commit">): object {
  const known = stock.reservations.get(step.reservation);
  if (!known) return { outcome: "unknown" };
  if (stock.isOver(known) && step.retake) return retake(stock, step, known);
  if (known.state !== "held" || known.ends < stock.now) {
    return { outcome: closeEnded(stock, step.reservation, known, step.remember) };
  }
  if (stock.levels.size === 0) return { outcome: "unknown" };
  const names = stock.shelves(step.warehouse);
  const backorder = step.backorder && names.length > 0;
  if (stock.onShelves(names) < known.units && !backorder) return { outcome: "short" };
  if (backorder) stock.mayFallShort = true;
  stock.move(names, -known.units);
  stock.close(step.reservation, known, "committed", step.remember);
  const { total, available } = stock.shown();
  return { outcome: "committed", total, available };
}

/** Sells the units of an expired reservation if they are available without its hold and other ended ones. */
function retake(stock: StockState, step: Of<"commit">, known: Reservation): object {
  const names = stock.shelves(step.warehouse);
  closeEnded(stock, step.reservation, known, step.remember);
  const backorder = step.backorder && names.length > 0;
  const ended = stock.available < known.units && !step.backorder ? stock.endedLeases() : [];
  const freed = ended.reduce((sum, [, { units }]) => sum + units, 0);
  const sellable = Math.min(stock.available + freed, stock.onShelves(names));
  if (sellable < known.units && !backorder) {
    return { outcome: "shortfall", missing: Math.min(known.units, known.units - sellable) };
  }
  for (const [name, one] of ended) stock.close(name, one, "expired", step.remember);
  if (backorder) stock.mayFallShort = true;
  stock.move(names, -known.units);
  stock.close(step.reservation, known, "committed", step.remember);
  stock.holds = true;
  return { outcome: "committed", total: stock.total, available: stock.available };
}

export function release(stock: StockState, step: Of<"release">): object {
  const known = stock.reservations.get(step.reservation);
  if (!known) return { outcome: "unknown" };
  if (known.state === "held") {
    stock.closeAlone(step.reservation, known, "released", step.remember);
    if (known.ends < stock.now) return { outcome: "expired" };
  } else if (known.state === "expired") {
    // A commit with `retake` must find it released.
    stock.reservations.set(step.reservation, { ...known, state: "released" });
    return { outcome: "expired" };
  } else if (known.state === "committed") return { outcome: closedAs(known) };
  return { outcome: "released", available: stock.shown().available };
}

export function sweep(stock: StockState, step: Of<"sweep">): object {
  const over = stock.endDue(step.limit, step.remember);
  if (over.expired > 0 && stock.levels.size === 0 && stock.held === 0) stock.holds = false;
  const ends = [...stock.reservations.values()].map((one) => one.ends);
  const next = Math.min(...ends);
  stock.due = ends.length > 0 ? next : undefined;
  return {
    outcome: over.expired + over.forgotten > 0 ? "swept" : "nothing_due",
    ...over,
    ...(ends.length > 0 && { waitMs: Math.max(next - stock.now, 0) }),
  };
}

/** Tells how a reservation has ended, and closes it if its lease has ended only now. */
function closeEnded(stock: StockState, name: string, one: Reservation, remember: number): string {
  if (one.state === "held") stock.closeAlone(name, one, "expired", remember);
  return closedAs(one);
}

/** What a reservation that holds nothing more is said to be. */
function closedAs({ state }: Reservation): string {
  if (state === "held") return "expired";
  return state === "committed" ? "already_committed" : state;
}
