import { slotOf } from "../client/index.js";

/**
 * The shard of an item: the slot of its name, as Redis Cluster computes it, modulo the number of
 * shards. Clients in other languages must compute the same.
 */
export function shardOf(item: string, shards: number): string {
  return String(slotOf(item) % shards);
}

/** The items by their shards, in their order. */
export function byShard(items: readonly string[], shards: number): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const shard = shardOf(item, shards);
    const group = groups.get(shard);
    if (group === undefined) groups.set(shard, [item]);
    else group.push(item);
  }
  return groups;
}

/** The names of all shards, in order. */
export function shardsOf(shards: number): readonly string[] {
  return Array.from({ length: shards }, (_, shard) => String(shard));
}
