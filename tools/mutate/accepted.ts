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
    id: "lib/cache/entry_head.lua: fresh_until_ms % 1 ~= 0 => false",
    reason: "13 digits are a whole number. The condition tells it to the generator.",
  },
  {
    id: "cache/invalidate.lua: settled_ms < settles_ms => settled_ms <= settles_ms",
    reason: "If both are equal, the same time is written again.",
  },
  {
    id: 'cache/invalidate.lua: redis.call("PTTL", cache_block) < settle_ms => redis.call("PTTL", cache_block) <= settle_ms',
    reason: "If both are equal, the same end is set again.",
  },
  {
    id: 'cache/open_tag.lua: redis.call("PTTL", cache_tag) < keep_ms => redis.call("PTTL", cache_tag) <= keep_ms',
    reason:
      "If both are equal, the token lives as long as the entries under it, with or without an extension.",
  },
  {
    id: "quota/count.lua: ends_ms <= now => ends_ms < now",
    reason: "If both are equal, the entry counts until a later call looks at it.",
  },
  {
    id: "cache/read.lua: not waited => true",
    reason: "The same text is written again.",
  },
  {
    id: "lib/limit/limits_after.lua: limit_taken_us < 0 => limit_taken_us <= 0",
    reason: "If it is 0, the assignment changes nothing.",
  },
  {
    id: "lib/limit/limits_after.lua: longest_us == 0 => true",
    reason: "A limit that allows the call has more units left than one that refuses it.",
  },
  {
    id: "limit/renew.lua: not permit => false",
    reason: "Without a permit there is no end of a lease, so the other part of the condition holds.",
  },
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
    id: "expiry/claim.lua: first_ms < next_ms => first_ms <= next_ms",
    reason: "If both are equal, the assignment changes nothing.",
  },
  {
    id: 'views/visit.lua: redis.call("GETRANGE", viewers_key, 4, 4) == SPARSE => true',
    reason: "PFCOUNT then reads a dense value too, which cannot be damaged so. It only costs time.",
  },
  {
    id: "lib/stock/stock_levels.lua: field < found => field <= found",
    reason: "No two fields have the same name.",
  },
  {
    id: "lib/stock/take_units.lua: first.quantity > second.quantity => first.quantity >= second.quantity",
    reason: "Equal levels have returned before this line.",
  },
  {
    id: "lib/stock/take_units.lua: taken > 0 => taken >= 0",
    reason: "The script then writes unchanged levels again. It only costs time.",
  },
  {
    id: "stock/adjust.lua: change < 0 => change <= 0",
    reason: "A change of 0 leaves the level of any warehouse as it is.",
  },
  {
    id: "stock/adjust.lua: change < 0 => change <= 0 (2)",
    reason: "With a change of 0, the smaller of 0 and another number is not above 0.",
  },
  {
    id: "stock/adjust.lua: not field => false",
    reason: "A warehouse with a level has a field. The check only shows this to the generator.",
  },
  {
    id: 'stock/adjust.lua: outcome ~= "refused" => false',
    reason: "The reply of the other outcomes has no fields, so the values are not sent.",
  },
  {
    id: "stock/commit.lua: missing > 0 => true",
    reason: "If the fullest warehouse has enough units, take_units takes them there too. It only costs time.",
  },
  {
    id: "stock/commit.lua: missing > 0 => missing >= 0",
    reason: "If the fullest warehouse has just enough units, take_units takes them there too.",
  },
  {
    id: "stock/commit.lua: field => true",
    reason: "A warehouse with a level has a field. The check only shows this to the generator.",
  },
  {
    id: 'stock/forget.lua: outcome == "unknown" => false (2)',
    reason: "The reply unknown has no fields, so the count is not sent.",
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
