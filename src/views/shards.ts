import { types } from "../../generated/ts/index.js";
import { checkedInteger, checkedNames } from "../core/checks.js";

/** The names of so many shards: `0`, `1`, … */
export function viewShards(count: number): readonly string[] {
  return Array.from({ length: checkedInteger("count", count, 1, 1_000) }, (_, shard) => String(shard));
}

/**
 * Checks the shards' names at once. Redis would refuse a bad name only when its views are lost already.
 *
 * @throws ArgumentError
 */
export function checkedShards(shards: readonly string[]): readonly string[] {
  for (const [index, shard] of shards.entries()) types.id.encode(`shards[${index}]`, shard);
  return checkedNames("shards", shards);
}
