import type { ConnectionOfIoredis, RedisLike } from "./redis.js";

/** Another connection with the same options, and how to end it. */
export interface Duplicate {
  readonly connection: ConnectionOfIoredis;
  readonly disconnect: () => void;
}

/**
 * Another connection, or another cluster, with the same options. Undefined for a library whose clients have
 * another interface than those of ioredis.
 */
export function duplicateOf(redis: RedisLike): Duplicate | undefined {
  if (!isDuplicable(redis)) return undefined;
  const connection = redis.duplicate();
  connection.on("error", () => {}); // Each call has its own error.
  return { connection, disconnect: () => connection.disconnect() };
}

function isDuplicable(
  redis: RedisLike,
): redis is RedisLike & { duplicate(): ConnectionOfIoredis & { disconnect(): void } } {
  return "status" in redis && "duplicate" in redis && typeof redis.duplicate === "function";
}
