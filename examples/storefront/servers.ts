import { randomBytes } from "node:crypto";
import { Cluster, type Redis } from "ioredis";
import { redisFromUrl, startPostgres, startRedis } from "moonpath/testing";
import pg from "pg";
import { ensureRedis } from "../../tools/servers/install.js";
import { createSchema, dropSchema } from "./books/schema.js";
import type { Closing } from "./closing.js";
import { reasonsOf } from "./reasons.js";
import { withRetries } from "./wait.js";

/** PostgreSQL usually answers much faster. If a server hangs, these limits end the run. */
const CONNECT_LIMIT_MS = 5_000;
const QUERY_LIMIT_MS = 10_000;

/** A server exists, but cannot be used. The message names it and the reason. */
export class ServersError extends Error {
  override readonly name = "ServersError";
}

/** Redis and PostgreSQL, ready, each with a namespace or schema of this run. */
export interface Servers {
  readonly redis: Redis | Cluster;
  readonly pool: pg.Pool;
  /** The namespace of this run's keys. */
  readonly namespace: string;
  /** The schema of this run's tables. */
  readonly schema: string;
  /** How the servers were found, for people. */
  readonly description: string;
  /** The last error of the connection to Redis, if there was one. */
  lastRedisError(): unknown;
}

/**
 * Starts Redis and PostgreSQL, or connects to those that `REDIS_URL` and `DATABASE_URL` name. The
 * run does not change other data of a given server. It uses its own names and removes them when it
 * closes. After the signal aborts, it creates nothing on a given server.
 */
export async function openServers(closing: Closing, signal: AbortSignal): Promise<Servers> {
  const run = randomBytes(4).toString("hex");
  const namespace = `storefront-${run}`;
  const schema = `storefront_${run}`;
  const redisStart = ensureRedis().then(() => startRedis());
  const postgresStart = startPostgres();
  // Both are closed, even if the other one fails to start.
  const [redisServer, postgresServer] = await Promise.all([
    redisStart.then((server) => closing.add("Redis", () => server.stop(), server)),
    postgresStart.then((server) => closing.add("PostgreSQL", () => server.stop(), server)),
  ]).catch(async (error: unknown) => {
    await Promise.allSettled([redisStart, postgresStart]);
    throw error;
  });
  signal.throwIfAborted();

  const redis = redisFromUrl(redisServer.url);
  let lastError: unknown;
  redis.on("error", (error: unknown) => {
    lastError = error;
  });
  closing.add("the connection to Redis", () => redis.disconnect());
  if (redisServer.given) closing.add("the run's keys in Redis", () => removeKeys(redis, `${namespace}:*`));
  const pool = new pg.Pool({
    connectionString: postgresServer.url,
    max: 6,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: QUERY_LIMIT_MS,
  });
  pool.on("error", () => undefined);
  closing.add("the connections to PostgreSQL", () => pool.end());
  const created = withRetries(() => createSchema(pool, schema));
  if (postgresServer.given) {
    const drop = () => withRetries(() => dropSchema(pool, schema));
    // If the tables could not be created, they probably cannot be removed either.
    closing.add("the run's tables in PostgreSQL", () =>
      created.then(drop, () => drop().catch(() => undefined)),
    );
  }
  await created.catch((error: unknown) => {
    throw new ServersError(`PostgreSQL cannot be used: ${reasonsOf(error)}`, { cause: error });
  });

  const nodes = redisServer.url.split(",").filter((part) => part.trim() !== "").length;
  const description = [
    `${redisServer.engine === "valkey" ? "Valkey" : "Redis"} ${redisServer.version}`,
    ...(nodes > 1 ? [`as a cluster with ${nodes} named nodes`] : []),
    redisServer.given ? "(from REDIS_URL)" : "(started by this run)",
    "and PostgreSQL",
    postgresServer.given ? "(from DATABASE_URL)" : "(started by this run)",
  ].join(" ");
  return { redis, pool, namespace, schema, description, lastRedisError: () => lastError };
}

/** Removes all keys of this run, on every node. */
async function removeKeys(redis: Redis | Cluster, match: string): Promise<void> {
  const nodes = redis instanceof Cluster ? redis.nodes("master") : [redis];
  await Promise.all(
    nodes.map(async (node) => {
      let cursor = "0";
      do {
        const [next, keys] = await node.scan(cursor, "MATCH", match, "COUNT", 1_000);
        await Promise.all(keys.map((key) => node.unlink(key)));
        cursor = next;
      } while (cursor !== "0");
    }),
  );
}
