import { adapted } from "../adapters/adapt.js";
import { isCluster, type RedisLike } from "./redis.js";
import { slotOf } from "./slot.js";

/**
 * The address (`host:port`) of the master that owns the key by the slot table of the connection. Empty
 * on a single server, and while the owner is unknown.
 */
export function nodeOf(redis: RedisLike, key: string): string {
  const connection = adapted(redis);
  return isCluster(connection) ? (connection.slots[slotOf(key)]?.[0] ?? "") : "";
}

/** Whether the connection, or the cluster, is connected at this time. */
export function isConnected(redis: RedisLike): boolean {
  return adapted(redis).status === "ready";
}

/** Whether one connection leads to all keys. */
export function isOneServer(redis: RedisLike): boolean {
  return !isCluster(adapted(redis));
}
