import { randomBytes } from "node:crypto";
import { Cluster, type Redis } from "ioredis";
import type { EnvironmentOptions } from "moonpath";
import { startPostgres } from "moonpath/testing";
import pg from "pg";
import { createSchema, dropSchema } from "./books/schema.js";
import type { Closing } from "./closing.js";
import { reasonsOf } from "./reasons.js";
import { openRedis } from "./redis.js";
import { ServersError } from "./servers-error.js";
import { withRetries } from "./wait.js";

/** PostgreSQL usually answers much faster. If a server hangs, these limits end the run. */
const CONNECT_LIMIT_MS = 5_000;
const QUERY_LIMIT_MS = 10_000;

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
  /** The options of the client from the environment, and notes about its variables. */
  readonly env?: Pick<EnvironmentOptions, "moonpath" | "notes">;
  /** The last error of the connection to Redis, if there was one. */
  lastRedisError(): unknown;
}

/**
 * Starts Redis and PostgreSQL, or connects to those that the environment names. The run
 * does not change other data of a given server. It uses its own names and removes them when it
 * closes. After the signal aborts, it creates nothing on a given server.
 */
export async function openServers(closing: Closing, signal: AbortSignal): Promise<Servers> {
  const run = randomBytes(4).toString("hex");
  const namespace = `storefront-${run}`;
  const schema = `storefront_${run}`;
  const redisStart = openRedis(closing);
  const postgresStart = startPostgres();
  // Both are closed, even if the other one fails to start.
  const [{ redis, ...opened }, postgresServer] = await Promise.all([
    redisStart,
    postgresStart.then((server) => closing.add("PostgreSQL", () => server.stop(), server)),
  ]).catch(async (error: unknown) => {
    await Promise.allSettled([redisStart, postgresStart]);
    throw error;
  });
  signal.throwIfAborted();

  if (opened.given) closing.add("the run's keys in Redis", () => removeKeys(redis, `${namespace}:*`));
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

  const description = [
    opened.engine,
    opened.given ? "(from the environment)" : "(started by this run)",
    "and PostgreSQL",
    postgresServer.given ? "(from DATABASE_URL)" : "(started by this run)",
  ].join(" ");
  const { env, lastError } = opened;
  return { redis, pool, namespace, schema, description, env, lastRedisError: lastError };
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
