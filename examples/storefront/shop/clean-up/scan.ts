import { Cluster, type Redis } from "ioredis";

/** The keys of a tenant that match, on every node, in batches. A key may come twice. */
export async function* keysOf(
  redis: Redis | Cluster,
  match: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const nodes = redis instanceof Cluster ? redis.nodes("master") : [redis];
  for (const node of nodes) {
    let cursor = "0";
    do {
      signal?.throwIfAborted();
      const [next, keys] = await node.scan(cursor, "MATCH", match, "COUNT", 500);
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== "0");
  }
}
