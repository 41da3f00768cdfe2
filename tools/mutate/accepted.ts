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
    id: "expiry/renew.lua: stored_end >= new_end => stored_end > new_end",
    reason: "A caller cannot know an end that is as far ahead as its lease in the millisecond of the call.",
  },
  {
    id: "expiry/renew.lua: stored_end <= new_end + MAX_AHEAD_MS => stored_end < new_end + MAX_AHEAD_MS",
    reason: "A caller cannot know an end that is so far ahead in the millisecond of the call.",
  },
  {
    id: "expiry/claim.lua: ends_ms < next_ms => ends_ms <= next_ms",
    reason: "If both are equal, the assignment changes nothing.",
  },
  {
    id: "expiry/claim.lua: lease_ends < next_ms => lease_ends <= next_ms",
    reason: "If both are equal, the assignment changes nothing.",
  },
  {
    id: 'views/visit.lua: redis.call("GETRANGE", viewers_key, 4, 4) == SPARSE => true',
    reason: "PFCOUNT then reads a dense value too, which cannot be damaged so. It only costs time.",
  },
  {
    id: "lib/stock/stored_reservation.lua: not state => false",
    reason: "Without a state, STATES has no entry either, and the other operand is true.",
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
    id: "lib/price/sale_calendar.lua: one.amount < other.amount => one.amount <= other.amount",
    reason: "Equal amounts do not reach this line.",
  },
  {
    id: "lib/price/sale_calendar.lua: one.starts_at < other.starts_at => one.starts_at <= other.starts_at",
    reason: "Equal starts do not reach this line.",
  },
  {
    id: "lib/price/write_sale.lua: one.ends_at < other.ends_at => one.ends_at <= other.ends_at",
    reason: "Equal ends do not reach this line.",
  },
];

/** Ids of a list that no mutant has, because the source has changed since. */
export function staleIds(ids: readonly string[], mutants: readonly Mutant[]): string[] {
  const known = new Set(mutants.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}
