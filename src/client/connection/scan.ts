import { UnavailableError } from "../../core/errors.js";
import { adapted } from "../adapters/adapt.js";
import { type Connectable, isCluster, type RedisLike } from "./redis.js";

/**
 * Finds the keys that match a pattern of Redis, on every master, in steps. `found` may be called with a key
 * twice, and never with an empty list. It is awaited before the next step, and so bounds the memory.
 *
 * A key that exists from the beginning to the end is found.
 *
 * @param count about how many keys a server looks at in one step
 * @throws UnavailableError if a cluster has no known master, or the error of a server
 */
export async function scanKeys(
  redis: RedisLike,
  pattern: string,
  count: number,
  found: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  const connection = adapted(redis);
  const nodes: readonly Connectable[] = isCluster(connection) ? connection.nodes("master") : [connection];
  if (nodes.length === 0) throw new UnavailableError("the cluster has no known master");
  await Promise.all(nodes.map((node) => scanNode(node, pattern, count, found)));
}

async function scanNode(
  node: Connectable,
  pattern: string,
  count: number,
  found: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  let cursor = "0";
  do {
    const reply = await node.call("scan", [cursor, "MATCH", pattern, "COUNT", String(count)]);
    const [next, keys]: readonly unknown[] = Array.isArray(reply) ? reply : [];
    const list: readonly unknown[] = Array.isArray(keys) ? keys : [];
    if (list.length > 0) await found(list.map(String));
    cursor = String(next ?? "0");
  } while (cursor !== "0");
}
