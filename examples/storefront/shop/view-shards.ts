/** Views are counted in this many places, so that a cluster's nodes share the work. */
const SHARDS = 16;

/** The names of all shards. */
export const VIEW_SHARDS: readonly string[] = Array.from({ length: SHARDS }, (_, index) => String(index));

/** The shard that counts a product's views: always the same one (FNV-1a over the code). */
export function viewShardOf(product: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < product.length; index += 1) {
    hash = Math.imul(hash ^ product.charCodeAt(index), 0x01000193) >>> 0;
  }
  return String(hash % SHARDS);
}
