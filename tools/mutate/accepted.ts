import type { Mutant } from "./find/mutant.js";

/** A mutant that no test can find, and the reason. */
export interface Accepted {
  /** The mutant's id. */
  readonly id: string;
  readonly reason: string;
}

/** Mutants without an effect on replies or keys. They do not count. */
export const ACCEPTED: readonly Accepted[] = [
  {
    id: "lib/stock/share_units.lua: first.quantity > second.quantity => first.quantity >= second.quantity",
    reason: "Equal quantities never reach this line.",
  },
  {
    id: "lib/stock/share_units.lua: change < 0 => change <= 0",
    reason: "A change of 0 moves nothing in any order.",
  },
  {
    id: "lib/stock/share_units.lua: change < 0 => change <= 0 (2)",
    reason: "A change of 0 moves nothing in both branches.",
  },
  {
    id: "lib/stock/stored_reservation.lua: not state => false",
    reason: "Without a state, STATES has no entry either, and the other operand is true.",
  },
  {
    id: "idempotency/begin.lua: state => true",
    reason: "No script leaves an owner without a state, and without an owner the other operand is false.",
  },
  {
    id: "price/set.lua: last_sequence => true",
    reason: "Without a latest number, the comparison with it is false as well.",
  },
  {
    id: "price/set.lua: sequence < last_sequence => sequence <= last_sequence",
    reason: "Equal numbers have returned before this line.",
  },
  {
    id: "stock/set_level.lua: last_sequence => true",
    reason: "Without a latest number, the comparison with it is false as well.",
  },
  {
    id: "stock/set_level.lua: sequence < last_sequence => sequence <= last_sequence",
    reason: "Equal numbers have returned before this line.",
  },
  {
    id: 'stock/set_level.lua: redis.call("HLEN", stock) >= 2 * MAX_WAREHOUSES + redis.call("HEXISTS", stock, "held") => redis.call("HLEN", stock) > 2 * MAX_WAREHOUSES + redis.call("HEXISTS", stock, "held")',
    reason:
      "Without `held`, the scripts write one field for the total and two for each warehouse: the number is odd and never equal.",
  },
  {
    id: "stock/commit.lua: not state => false",
    reason: "stored_reservation returns both a state and units, or neither.",
  },
  {
    id: "stock/commit.lua: not units => false",
    reason: "stored_reservation returns both a state and units, or neither.",
  },
  {
    id: "stock/release.lua: not state => false",
    reason: "stored_reservation returns both a state and units, or neither.",
  },
  {
    id: "stock/release.lua: not units => false",
    reason: "stored_reservation returns both a state and units, or neither.",
  },
  {
    id: "stock/commit.lua: not total => false",
    reason: "Without a total, no units are held. That is fewer than the units of any reservation.",
  },
  {
    id: "stock/sweep.lua: next_ms > remember_ms => next_ms >= remember_ms",
    reason: "An equal number replaces the number by itself.",
  },
];

/** Ids of a list that no mutant has, because the source has changed since. */
export function staleIds(ids: readonly string[], mutants: readonly Mutant[]): string[] {
  const known = new Set(mutants.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}
