import { Redis } from "ioredis";
import { CommandError } from "./errors.js";

/** A server from `--redis` or REDIS_URL. */
export interface Server {
  /** The URL without user and password, for output. */
  readonly name: string;
  readonly address:
    | { readonly path: string }
    | { readonly host: string; readonly port: number; readonly tls?: Record<string, never> };
  readonly user: { readonly username?: string; readonly password?: string };
  readonly database: number;
}

const CONNECT_LIMIT_MS = 5000;

/**
 * Parses the URL of a server.
 *
 * @throws CommandError for an invalid URL. The message never repeats it, because an invalid URL may
 *   hold a password in any place.
 */
export function readServer(url: string): Server {
  if (url.startsWith("/")) return { name: url, address: { path: url }, user: {}, database: 0 };
  const parsed = parse(url);
  const database = /^\/?(\d*)$/.exec(parsed?.pathname ?? "-")?.[1];
  if (parsed === undefined || database === undefined) {
    throw new CommandError(
      "the server's URL is invalid; write redis://user:password@host:6379/0, with / @ : # % in a password as %2F %40 %3A %23 %25",
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
 * Connects to a server and selects its database. Each command rejects after `commandLimitMs`.
 *
 * @throws CommandError if the server does not answer, or rejects the user or the database
 */
export async function connect(
  server: Server,
  user: Server["user"] = server.user,
  commandLimitMs = CONNECT_LIMIT_MS,
): Promise<Redis> {
  const redis = new Redis({
    ...server.address,
    ...user,
    // Under RESP3, COMMAND would reply with maps.
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
  // ioredis limits the handshake and the ready check separately. This limit covers both.
  const timer = setTimeout(() => {
    reason = `no answer within ${CONNECT_LIMIT_MS} ms`;
    redis.disconnect();
  }, CONNECT_LIMIT_MS);
  try {
    await redis.connect();
    // SELECT is sent here, because ioredis would use database 0 if the server rejected it.
    if (server.database !== 0) await redis.select(server.database);
  } catch (error) {
    const why =
      error instanceof Error && (reason === "" || redis.status === "ready") ? error.message : reason;
    // On an ended connection, ioredis would wait two seconds for the closed socket.
    if (redis.status !== "end") redis.disconnect();
    const isRejected = isLoginRefused || (error instanceof Error && error.name === "ReplyError");
    throw new CommandError(
      isRejected
        ? `${server.name} rejects the connection: ${why}`
        : `no server answers at ${server.name}: ${why}`,
    );
  } finally {
    clearTimeout(timer);
  }
  return redis;
}
