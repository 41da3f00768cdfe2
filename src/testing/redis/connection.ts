import { Cluster, Redis, type RedisOptions } from "ioredis";
import { parsedRedisUrl, type RedisUrl } from "../../core/redis-url.js";
import { reasonOf, TestingError } from "../errors.js";
import { withTimeout } from "../wait.js";

/** The address of a server. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** The password of the default user; absent or empty if it has none. */
  readonly password?: string | undefined;
}

/**
 * Creates an ioredis client for `url`: a `Redis` for one URL, a `Cluster` for several,
 * comma-separated (`redis://a:7000,redis://b:7001`). User, password and TLS (`rediss:`) come from
 * the first URL.
 *
 * ```ts
 * const redis = redisFromUrl(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379");
 * ```
 *
 * @throws TestingError `TESTING_BAD_URL` for an invalid URL
 */
export function redisFromUrl(url: string, options: Omit<RedisOptions, "replyMapping"> = {}): Redis | Cluster {
  const nodes = parseUrls(url);
  const [first] = nodes;
  if (!first) throw badUrl("It is empty.");
  const { username, password, tls, db } = first;
  const shared = {
    ...options,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(tls ? { tls: {} } : {}),
  };
  if (nodes.length > 1 && nodes.some((node) => node.db !== 0)) throw badUrl("A cluster has only database 0.");
  if (nodes.length === 1) return new Redis({ ...shared, host: first.host, port: first.port, db });
  const { retryStrategy: _, enableOfflineQueue, lazyConnect, ...redisOptions } = shared;
  return new Cluster(
    nodes.map(({ host, port }) => ({ host, port })),
    {
      redisOptions,
      slotsRefreshTimeout: 5_000,
      ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
      ...(lazyConnect === undefined ? {} : { lazyConnect }),
    },
  );
}

/**
 * Parses comma-separated URLs. Errors never repeat a URL, because it may hold a password.
 *
 * @throws TestingError `TESTING_BAD_URL`
 */
export function parseUrls(url: string): RedisUrl[] {
  return url
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const parsed = parsedRedisUrl(part);
      if (typeof parsed === "string") throw badUrl(parsed);
      return parsed;
    });
}

function badUrl(reason: string): TestingError {
  return new TestingError(
    "TESTING_BAD_URL",
    `A Redis URL is redis://[user:password@]host[:port][/db]. ${reason}`,
  );
}

/** Runs a function with a connection that does not reconnect, and closes it. Limit: `limitMs`. */
export async function withConnection<T>(
  { host, port, password }: Address,
  use: (redis: Redis) => Promise<T>,
  limitMs = 5_000,
): Promise<T> {
  const redis = plainConnection({ host, port, password });
  try {
    return await withTimeout(
      redis.connect().then(() => use(redis)),
      limitMs,
      `a reply from ${host}:${port}`,
    );
  } finally {
    redis.disconnect();
  }
}

/** Name and version of the engine, from `INFO server`. */
export interface Engine {
  readonly engine: "redis" | "valkey";
  readonly version: string;
}

/**
 * Reads the engine of the first node of `url`. Moonpath's scripts need Redis 7.0 or later. `source`
 * is the variable that names an external server. Such a server must also match the number of URLs:
 * one for a single server, several for a cluster.
 *
 * @throws TestingError `TESTING_UNREACHABLE`, `TESTING_TOO_OLD`, `TESTING_BAD_URL`
 */
export async function engineOf(url: string, source = ""): Promise<Engine> {
  const [first] = parseUrls(url);
  if (!first) throw badUrl("It is empty.");
  const address = `${first.host}:${first.port}${source && ` (${source})`}`;
  const redis = redisFromUrl(url.split(",").find((part) => part.trim() !== "") ?? url, {
    lazyConnect: true,
    retryStrategy: () => null,
  });
  let connectionError: unknown;
  redis.on("error", (error: unknown) => {
    connectionError = error;
  });
  let info: string;
  let selectError: string | undefined;
  try {
    const infoReply = redis.connect().then(async () => {
      const reply = await redis.info("server");
      // SELECT is sent here, because ioredis would use database 0 if it failed.
      if (first.db !== 0) selectError = await redis.select(first.db).then(() => undefined, reasonOf);
      return reply;
    });
    info = await withTimeout(infoReply, 5_000, `a reply from ${address}`);
  } catch (error) {
    const cause = connectionError ?? error;
    const isRefused = cause instanceof Error && cause.name === "ReplyError";
    const what = isRefused ? `Redis at ${address} rejects the connection` : `No Redis answers at ${address}`;
    throw new TestingError("TESTING_UNREACHABLE", `${what}: ${reasonOf(cause)}`, { cause });
  } finally {
    redis.disconnect();
  }
  if (selectError !== undefined) throw badUrl(`${address} has no database ${first.db}: ${selectError}`);
  if (source !== "") checkMode(info, parseUrls(url).length, address);
  const engine = parseEngine(info);
  if (Number.parseInt(engine.version, 10) < 7) {
    throw new TestingError(
      "TESTING_TOO_OLD",
      `The server at ${address} is Redis ${engine.version}. Moonpath needs Redis 7.0 or later, or Valkey.`,
    );
  }
  return engine;
}

/**
 * One URL names a single server, several URLs a cluster. The wrong client would fail at the first
 * key.
 */
function checkMode(info: string, nodes: number, address: string): void {
  const mode = /redis_mode:(\w+)/.exec(info)?.[1];
  if (nodes === 1 && mode === "cluster") {
    throw badUrl(
      `The server at ${address} is a node of a cluster. Write several nodes, separated by commas, ` +
        "or the same node twice.",
    );
  }
  if (nodes > 1 && mode === "standalone") {
    throw badUrl(
      `Several URLs are a cluster, but the server at ${address} is a single server. Write one URL.`,
    );
  }
}

function parseEngine(info: string): Engine {
  const valkey = /valkey_version:(\S+)/.exec(info)?.[1];
  const redis = /redis_version:(\S+)/.exec(info)?.[1];
  return valkey ? { engine: "valkey", version: valkey } : { engine: "redis", version: redis ?? "unknown" };
}

function plainConnection({ host, port, password }: Address): Redis {
  const redis = new Redis({
    host,
    port,
    ...(password ? { password } : {}),
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  redis.on("error", () => undefined);
  return redis;
}
