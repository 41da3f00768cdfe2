import { isCluster, type RedisLike } from "../connection/redis.js";
import { adapted } from "./adapt.js";

/**
 * The text of INFO of each master, or of the only server. Undefined while a connection is not ready, so
 * that nothing waits in a queue for it. It has no time limit of its own.
 *
 * @param sections such as `memory`
 * @throws the error of the server or of the connection
 */
export async function readServerInfo(
  redis: RedisLike,
  sections: readonly string[],
): Promise<readonly string[] | undefined> {
  const connection = adapted(redis);
  const nodes = isCluster(connection) ? connection.nodes("master") : [connection];
  if (nodes.length === 0 || nodes.some(({ status }) => status !== "ready")) return undefined;
  return Promise.all(nodes.map(async (node) => String(await node.call("info", [...sections]))));
}
