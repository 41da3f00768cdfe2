import type { ConnectionOfIoredis, RedisLike } from "../connection/redis.js";
import type { NodeRedisClient, NodeRedisCluster } from "./node-redis.js";
import { NodeRedisClusterConnection } from "./node-redis-cluster.js";
import { NodeRedisConnection } from "./node-redis-connection.js";

/** One adapter for each connection, also if several clients use it. */
const adapters = new WeakMap<object, ConnectionOfIoredis>();

/** The connection as the client uses it: itself for ioredis and iovalkey, an adapter for node-redis. */
export function adapted(redis: RedisLike): ConnectionOfIoredis {
  if (isIoredis(redis)) return redis;
  let adapter = adapters.get(redis);
  if (adapter === undefined) {
    adapter = isCluster(redis) ? new NodeRedisClusterConnection(redis) : new NodeRedisConnection(redis);
    adapters.set(redis, adapter);
  }
  return adapter;
}

function isIoredis(redis: RedisLike): redis is ConnectionOfIoredis {
  return "status" in redis;
}

function isCluster(redis: NodeRedisClient | NodeRedisCluster): redis is NodeRedisCluster {
  return "nodeByAddress" in redis;
}
