import { Redis } from "ioredis";
import { CommandError } from "./options.js";

/** One server, as `--redis` or REDIS_URL names it. */
export interface Server {
  /** What may be printed: without user and password. */
  readonly name: string;
  readonly address:
    | { readonly path: string }
    | { readonly host: string; readonly port: number; readonly tls?: Record<string, never> };
  readonly user: { readonly username?: string; readonly password?: string };
  readonly database: number;
}

const CONNECT_LIMIT_MS = 5000;

/**
 * Reads the URL of a server. No error message repeats the URL, because any part of a malformed URL
 * may be a password.
 */
export function readServer(url: string): Server {
  if (url.startsWith("/")) return { name: url, address: { path: url }, user: {}, database: 0 };
  const parsed = parse(url);
  const database = /^\/?(\d*)$/.exec(parsed?.pathname ?? "-")?.[1];
  if (parsed === undefined || database === undefined) {
    throw new CommandError(
      "the server's URL is not valid; write it as redis://user:password@host:6379/0, and write / @ : # % in a password as %2F %40 %3A %23 %25",
      2,
    );
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  return {
    name: `${parsed.protocol}//${parsed.host}${database === "" ? "" : `/${database}`}`,
    address: {
      host: host === "" ? "localhost" : host,
      port: Number(parsed.port || 6379),
      ...(parsed.protocol === "rediss:" ? { tls: {} } : {}),
    },
    user: {
      ...(parsed.username === "" ? {} : { username: decodeURIComponent(parsed.username) }),
      ...(parsed.password === "" ? {} : { password: decodeURIComponent(parsed.password) }),
    },
    database: Number(database),
  };
}

function parse(url: string): URL | undefined {
  try {
    const parsed = new URL(url);
    decodeURIComponent(parsed.username + parsed.password);
    return /^rediss?:$/.test(parsed.protocol) && parsed.hash === "" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Connects to a server's database as the URL's user or as another. A command rejects after
 * `commandLimitMs`.
 */
export async function connect(
  server: Server,
  user: Server["user"] = server.user,
  commandLimitMs = CONNECT_LIMIT_MS,
): Promise<Redis> {
  const redis = new Redis({
    ...server.address,
    ...user,
    // COMMAND answers in maps under RESP3.
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_LIMIT_MS,
    commandTimeout: commandLimitMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let reason = "";
  let isLoginRefused = false;
  redis.on("error", (error) => {
    reason = error.message;
    isLoginRefused = error.name === "ReplyError";
  });
  // The greeting and the ready check have a limit each; this one is for both.
  const late = setTimeout(() => {
    reason = `the server did not answer within ${CONNECT_LIMIT_MS} ms`;
    redis.disconnect();
  }, CONNECT_LIMIT_MS);
  try {
    await redis.connect();
    // Asked for here, as the client itself would go on in another database if this one is refused.
    if (server.database !== 0) await redis.select(server.database);
  } catch (error) {
    const why =
      error instanceof Error && (reason === "" || redis.status === "ready") ? error.message : reason;
    // Ended already, and ioredis would wait two seconds for the end of a socket that is gone.
    if (redis.status !== "end") redis.disconnect();
    const refused = isLoginRefused || (error instanceof Error && error.name === "ReplyError");
    throw new CommandError(
      refused
        ? `${server.name} rejects the connection: ${why}`
        : `no server answers at ${server.name}: ${why}`,
    );
  } finally {
    clearTimeout(late);
  }
  return redis;
}

/**
 * Whether the server is a node of a cluster. This reads `INFO cluster`, because `INFO server` names
 * the mode differently on Redis and on Valkey.
 */
export async function isInCluster(redis: Redis): Promise<boolean> {
  return /^cluster_enabled:1\r?$/m.test(await redis.info("cluster"));
}
