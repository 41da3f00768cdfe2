/** `moonpath/testing`: starts real Redis and PostgreSQL servers for tests. */

export { TestingError, type TestingErrorCode, testingErrors } from "./errors.js";
export { type PostgresOptions, type PostgresServer, startPostgres } from "./postgres/server.js";
export { type Proxy, type ProxyCounters, startProxy } from "./proxy/proxy.js";
export { type RedisCluster, type RedisClusterOptions, startRedisCluster } from "./redis/cluster.js";
export { type Address, type Engine, redisFromUrl } from "./redis/connection.js";
export {
  type ReplicaPair,
  type SentinelConnection,
  type SentinelGroup,
  type SentinelOptions,
  startReplicaPair,
  startSentinel,
} from "./redis/replicas.js";
export { startRedis } from "./redis/server.js";
export type { RedisServer, RedisServerOptions } from "./redis/types.js";
