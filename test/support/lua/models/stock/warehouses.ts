import type { Of } from "./commands.js";
import type { StockState } from "./state.js";
import { statusOf } from "./status.js";

export function levels(stock: StockState): object {
  if (stock.levels.size === 0) return { outcome: "unknown" };
  const levels = [...stock.levels]
    .sort()
    .map(([warehouse, quantity]) => ({ warehouse, quantity, moved: stock.moved.get(warehouse) ?? 0 }));
  const { total, available } = stock.shown();
  return { outcome: "known", total, available, levels };
}

export function apply(
  stock: StockState,
  { warehouse: name, quantity, sequence: number, moved }: Of<"apply">,
): object {
  const statusBefore = statusOf(stock.available);
  const latest = stock.latest(name);
  const outcome = number > latest ? "applied" : number === latest ? "repeated" : "stale";
  if (outcome === "applied") {
    const since = stock.levels.has(name) && moved !== undefined ? (stock.moved.get(name) ?? 0) - moved : 0;
    const level = quantity + since;
    if (level < stock.level(name)) stock.mayFallShort = true;
    if (!stock.levels.has(name)) stock.moved.set(name, 0);
    stock.levels.set(name, level);
    stock.sequences.set(name, number);
  }
  return { outcome, statusBefore, ...stock.shown() };
}

export function watch(stock: StockState, { sequence, from }: Of<"watch">): object {
  const latest = stock.watch?.sequence ?? stock.pastWatch ?? -1;
  let outcome = sequence === latest ? "repeated" : "stale";
  if (sequence > latest) {
    outcome = from === undefined ? "unwatched" : "watched";
    if (from === undefined) stock.pastWatch = sequence;
    stock.watch = from === undefined ? undefined : { sequence, low: from };
  }
  if (stock.watch === undefined) return { outcome };
  return { outcome, available: stock.available, status: statusOf(stock.available, stock.watch.low) };
}

export function dropWarehouse(
  stock: StockState,
  { warehouse: name, sequence: number }: Of<"dropWarehouse">,
): object {
  const latest = stock.latest(name);
  if (number <= latest) return { outcome: number === latest ? "repeated" : "stale" };
  if (stock.level(name) !== 0) {
    stock.sequences.set(name, number);
    return { outcome: "not_empty" };
  }
  stock.past.set(name, number);
  if (!stock.levels.has(name)) return { outcome: "unknown" };
  stock.levels.delete(name);
  if (stock.levels.size === 0 && stock.held === 0 && !stock.watch) stock.holds = false;
  return { outcome: "dropped" };
}

export function forget(stock: StockState, { limit, remember }: Of<"forget">): object {
  const held = stock.queue("held").slice(0, limit);
  if (stock.levels.size === 0 && held.length === 0 && !stock.holds && !stock.watch)
    return { outcome: "unknown" };
  for (const name of stock.levels.keys()) stock.past.set(name, stock.sequences.get(name) ?? 0);
  stock.levels.clear();
  if (stock.watch) stock.pastWatch = stock.watch.sequence;
  stock.watch = undefined;
  for (const [name, one] of held) stock.close(name, one, "released", remember);
  const more = stock.held > 0;
  if (!more) stock.holds = false;
  if (more) stock.mayFallShort = true;
  return { outcome: more ? "more" : "forgotten", released: held.length };
}

export function adjust(
  stock: StockState,
  { operation, change, warehouse: only, backorder }: Of<"adjust">,
): object {
  const call = `${change} ${only} ${backorder}`;
  const statuses = ({ outcome, available }: { readonly outcome: string; readonly available: number }) => ({
    statusBefore: statusOf(outcome === "adjusted" ? available - change : available),
    status: statusOf(available),
  });
  const known = stock.answers.get(`adjust ${operation}`);
  if (known && known.call !== call) return { outcome: "mismatch" };
  if (known?.outcome.startsWith("unknown")) return { outcome: known.outcome };
  if (known) {
    const { call: _, ...answer } = known;
    return { ...answer, repeated: true, ...statuses(known) };
  }
  const names = stock.shelves(only);
  if (names.length === 0) {
    const outcome = stock.levels.size === 0 ? "unknown" : "unknown_warehouse";
    stock.answers.set(`adjust ${operation}`, { outcome, call, total: 0, available: 0 });
    return { outcome };
  }
  const short = change < 0 && (-change > stock.onShelves(names) || stock.total + change < stock.held);
  const outcome = short && !backorder ? "refused" : "adjusted";
  if (outcome === "adjusted") {
    if (short) stock.mayFallShort = true;
    stock.move(names, change);
  }
  const { total, available } = stock.shown();
  stock.answers.set(`adjust ${operation}`, { outcome, call, total, available });
  return { outcome, repeated: false, total, available, ...statuses({ outcome, available }) };
}
