/** Real servers for tests: `moonpath/testing`. */
export { type Address, type Engine, redisFromUrl } from "./client.js";
export { type ClusterOptions, type RedisCluster, startRedisCluster } from "./cluster.js";
export { TestingError, type TestingErrorCode, testingErrors } from "./errors.js";
export { type PostgresOptions, type PostgresServer, startPostgres } from "./postgres.js";
export { type Proxy, type ProxyCounters, startProxy } from "./proxy.js";
export { type RedisOptions, type RedisServer, startRedis } from "./redis.js";
export {
  type ReplicaPair,
  type SentinelGroup,
  type SentinelOptions,
  startReplicaPair,
  startSentinel,
} from "./replicas.js";
