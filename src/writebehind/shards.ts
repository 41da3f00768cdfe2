import { slotOf } from "../client/index.js";

/** The number of shards of every queue. It never changes, because a key must stay in its shard. */
const SHARDS = 16;

/** The names of the shards of a queue. */
export const writeShards: readonly string[] = Array.from({ length: SHARDS }, (_, shard) => String(shard));

/** The shard of a key: its slot, as Redis Cluster computes it, modulo 16. All processes agree on it. */
export function writeShardOf(key: string): string {
  return String(slotOf(key) % SHARDS);
}
