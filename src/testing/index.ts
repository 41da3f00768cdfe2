/** Real servers for tests: `moonpath/testing`. */
export { type Address, type Engine, redisFromUrl } from "./client.js";
export { type RedisCluster, type RedisClusterOptions, startRedisCluster } from "./cluster.js";
export { TestingError, type TestingErrorCode, testingErrors } from "./errors.js";
export { type PostgresOptions, type PostgresServer, startPostgres } from "./postgres.js";
export { type Proxy, type ProxyCounters, startProxy } from "./proxy.js";
export { type RedisServer, type RedisServerOptions, startRedis } from "./redis.js";
export {
  type ReplicaPair,
  type SentinelConnection,
  type SentinelGroup,
  type SentinelOptions,
  startReplicaPair,
  startSentinel,
} from "./replicas.js";
