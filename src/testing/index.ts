/** Real servers for tests: `moonpath/testing`. */
export { redisFromUrl } from "./client.js";
export { TestingError, type TestingErrorCode, testingErrors } from "./errors.js";
export { type PostgresOptions, type PostgresServer, startPostgres } from "./postgres.js";
export { type RedisOptions, type RedisServer, startRedis } from "./redis.js";
