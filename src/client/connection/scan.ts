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
  const scans = mastersOf(redis).map(async (node) => {
    for await (const keys of scanNode(node, pattern, count)) await found(keys);
  });
  await Promise.all(scans);
}

/** The same lists of keys, one after the other. Nothing is read while the caller uses a list. */
export async function* scannedKeys(
  redis: RedisLike,
  pattern: string,
  count: number,
): AsyncGenerator<readonly string[], void> {
  for (const node of mastersOf(redis)) yield* scanNode(node, pattern, count);
}

function mastersOf(redis: RedisLike): readonly Connectable[] {
  const connection = adapted(redis);
  const nodes: readonly Connectable[] = isCluster(connection) ? connection.nodes("master") : [connection];
  if (nodes.length === 0) throw new UnavailableError("the cluster has no known master");
  return nodes;
}

async function* scanNode(
  node: Connectable,
  pattern: string,
  count: number,
): AsyncGenerator<readonly string[], void> {
  let cursor = "0";
  do {
    const reply = await node.call("scan", [cursor, "MATCH", pattern, "COUNT", String(count)]);
    const [next, keys]: readonly unknown[] = Array.isArray(reply) ? reply : [];
    const list: readonly unknown[] = Array.isArray(keys) ? keys : [];
    if (list.length > 0) yield list.map(String);
    cursor = String(next ?? "0");
  } while (cursor !== "0");
}
