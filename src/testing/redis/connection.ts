import { Cluster, Redis, type RedisOptions } from "ioredis";
import { reasonOf, TestingError } from "../errors.js";
import { withTimeout } from "../wait.js";

/** One server's address. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** Of the default user; none where it is absent or empty. */
  readonly password?: string | undefined;
}

/**
 * A client for `url`: a `Redis` for one URL, a `Cluster` for several, comma-separated
 * (`redis://a:7000,redis://b:7001`). User, password and TLS (`rediss:`) are those of the first.
 *
 * @throws TestingError `TESTING_BAD_URL`
 * @example
 * const redis = redisFromUrl(process.env.REDIS_URL ?? "redis://127.0.0.1:6379");
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
 * The addresses that a URL names, in order. Never repeats the URL in an error: it may hold a
 * password.
 */
export function parseUrls(url: string) {
  return url
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      if (!URL.canParse(part)) throw badUrl("It cannot be read as a URL.");
      const { protocol, hostname, port, username, password, pathname } = new URL(part);
      if (protocol !== "redis:" && protocol !== "rediss:")
        throw badUrl("It must begin with redis: or rediss:.");
      const db = Number(pathname.slice(1) || "0");
      if (hostname === "" || !Number.isSafeInteger(db) || db < 0)
        throw badUrl("It needs a host, and a number as database.");
      return {
        host: hostname.replace(/^\[|\]$/g, ""),
        port: port === "" ? 6379 : Number(port),
        username: decoded(username),
        password: decoded(password),
        tls: protocol === "rediss:",
        db,
      };
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl("Its user or password has a % that stands for nothing; write %25.");
  }
}

function badUrl(why: string): TestingError {
  return new TestingError(
    "TESTING_BAD_URL",
    `A Redis URL is redis://[user:password@]host[:port][/db]. ${why}`,
  );
}

/**
 * Sends commands over one connection that never reconnects, and closes it. Bounded by `limitMs`.
 */
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
      `an answer from ${host}:${port}`,
    );
  } finally {
    redis.disconnect();
  }
}

/** Name and version of the engine, as `INFO server` tells them. */
export interface Engine {
  readonly engine: "redis" | "valkey";
  readonly version: string;
}

/**
 * Asks the first node of `url` who it is. Redis 7.0 is the oldest that Moonpath's scripts run on.
 * `namedBy` says which variable named a server that is not ours; then it must also be what the
 * number of its URLs says.
 *
 * @throws TestingError `TESTING_UNREACHABLE`, `TESTING_TOO_OLD`, `TESTING_BAD_URL`
 */
export async function engineOf(url: string, namedBy = ""): Promise<Engine> {
  const [first] = parseUrls(url);
  if (!first) throw badUrl("It is empty.");
  const address = `${first.host}:${first.port}${namedBy && ` (${namedBy})`}`;
  const redis = redisFromUrl(url.split(",").find((part) => part.trim() !== "") ?? url, {
    lazyConnect: true,
    retryStrategy: () => null,
  });
  let lost: unknown;
  redis.on("error", (error: unknown) => {
    lost = error;
  });
  let info: string;
  let refusal: string | undefined;
  try {
    const asked = redis.connect().then(async () => {
      const answer = await redis.info("server");
      // The client goes on in database 0 where the server has no such one.
      if (first.db !== 0) refusal = await redis.select(first.db).then(() => undefined, reasonOf);
      return answer;
    });
    info = await withTimeout(asked, 5_000, `an answer from ${address}`);
  } catch (error) {
    const cause = lost ?? error;
    throw new TestingError("TESTING_UNREACHABLE", `No Redis answers at ${address}: ${reasonOf(cause)}`, {
      cause,
    });
  } finally {
    redis.disconnect();
  }
  if (refusal !== undefined) throw badUrl(`${address} has no database ${first.db}: ${refusal}`);
  if (namedBy !== "") checkMode(info, parseUrls(url).length, address);
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
 * One URL is a single server, and several are a cluster; a client made for the other one fails at
 * the first key.
 */
function checkMode(info: string, nodes: number, address: string): void {
  const mode = /redis_mode:(\w+)/.exec(info)?.[1];
  if (nodes === 1 && mode === "cluster") {
    throw badUrl(
      `The server at ${address} is a node of a cluster: name several nodes with commas between them, ` +
        "or the same one twice.",
    );
  }
  if (nodes > 1 && mode === "standalone") {
    throw badUrl(`Several URLs are a cluster, and the server at ${address} is none of its nodes: name one.`);
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
