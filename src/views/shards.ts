import * as types from "../../generated/ts/types.js";
import { checkedInteger, checkedNames } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";

/**
 * Returns `count` shard names: `0`, `1`, …
 *
 * @throws ArgumentError unless the count is a whole number from 1 to 1,000
 */
export function viewShards(count: number): readonly string[] {
  return Array.from({ length: checkedInteger("count", count, 1, 1_000) }, (_, shard) => String(shard));
}

/**
 * Checks shard names before any view is counted. Redis would reject an invalid name too late: its
 * views would be lost.
 *
 * @throws ArgumentError for no list, an invalid name, a name used twice, or no name
 */
export function checkedShards(shards: readonly string[]): readonly string[] {
  if (!Array.isArray(shards)) throw new ArgumentError("shards", "a list of names, such as viewShards(8)");
  for (const [index, shard] of shards.entries()) types.id.encode(`shards[${index}]`, shard);
  return checkedNames("shards", shards);
}
