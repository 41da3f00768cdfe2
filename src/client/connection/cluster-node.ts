import { ArgumentError } from "../../core/errors.js";
import { isServerError, NotSentError } from "../call/failure.js";
import type { RedisNode } from "./redis.js";

/**
 * Checks that the server, a node of a cluster, has all slots. Otherwise most calls would end with MOVED.
 * A server that refuses CLUSTER INFO passes, because a proxy may find the other nodes.
 *
 * @throws ArgumentError names `redis`, and what to pass instead
 */
export async function checkHasAllSlots(node: RedisNode): Promise<void> {
  const info = await node.call("cluster", ["INFO"]).catch((error: unknown) => {
    if (isServerError(error)) return "";
    throw new NotSentError("the connection was lost while reading the state of the cluster");
  });
  const primaries = Number(/^cluster_size:(\d+)/m.exec(String(info))?.[1] ?? 0);
  if (primaries <= 1) return;
  const why = `this connection leads to one node of a cluster with ${primaries} primaries`;
  throw new ArgumentError(
    "redis",
    `a Cluster object, because ${why}; with optionsFromEnv, write several addresses in REDIS_ADDR, or the one address twice`,
  );
}
