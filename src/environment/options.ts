import type { ClientOptions } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";
import { type Servers, serversOf } from "./servers.js";
import { notesOnUnread } from "./unread-names.js";
import { duration, flag, wholeNumber } from "./values.js";
import { notesOn, type Values, variableNames } from "./variables.js";

/** Variables by name, such as `process.env`. */
export interface Environment {
  readonly [name: string]: string | undefined;
}

/** How to log in, and the limits of a connection. ioredis and iovalkey have these options. */
export interface LoginOptions {
  /** The Redis user. Absent: `default`. */
  readonly username?: string;
  /** The password of the user. Absent: no login. */
  readonly password?: string;
  /** For `rediss:`: TLS with the certificate authorities of Node. */
  readonly tls?: Record<string, never>;
  /** Milliseconds for one attempt to connect. */
  readonly connectTimeout?: number;
  /** Milliseconds without a reply after which the connection is replaced. iovalkey ignores it. */
  readonly socketTimeout?: number;
}

/** The options of `new Redis(…)` of ioredis or iovalkey. */
export interface SingleOptions extends LoginOptions {
  /** A name or an address, without brackets. */
  readonly host: string;
  /** The TCP port. */
  readonly port: number;
  /** The number of the database. */
  readonly db: number;
}

/** The arguments of `new Cluster(nodes, options)` of ioredis or iovalkey. */
export interface ClusterArguments {
  readonly nodes: { readonly host: string; readonly port: number }[];
  readonly options: {
    readonly redisOptions: LoginOptions;
    /** With TLS: connects to host names, because certificates name hosts and not addresses. */
    readonly dnsLookup?: (
      hostname: string,
      callback: (error: NodeJS.ErrnoException | null | undefined, address: string) => void,
    ) => void;
  };
}

/** What `optionsFromEnv` returns. Either `redis` or `cluster` is set. */
export type EnvironmentOptions = {
  /** The options of `createMoonpath`. */
  readonly moonpath: Pick<ClientOptions, "deadlineMs" | "retries">;
  /**
   * One sentence for each variable without effect, for each that is probably misspelt, and for common
   * names that are not read, such as `REDIS_HOST`. And one if no variable names the server.
   */
  readonly notes: readonly string[];
} & (
  | { readonly redis: SingleOptions; readonly cluster?: undefined }
  | { readonly redis?: undefined; readonly cluster: ClusterArguments }
);

/**
 * The options of a connection and of `createMoonpath`, from the variables `REDIS_ADDR`, `REDIS_URL`,
 * `REDIS_PASSWORD` and others. docs/client.md has the table. An empty variable counts as not set.
 * Durations have a unit, such as `5s` or `500ms`. It reads no file and opens no connection.
 *
 * ```ts
 * const env = optionsFromEnv();
 * for (const note of env.notes) console.warn(note);
 * const redis = env.cluster ? new Cluster(env.cluster.nodes, env.cluster.options) : new Redis(env.redis);
 * const moonpath = createMoonpath(redis, { ...env.moonpath, namespace: "shop" });
 * ```
 *
 * @param env default `process.env`
 * @throws ArgumentError names the variable with a wrong value, and both of two that disagree. It never
 *   has a value
 */
export function optionsFromEnv(env: Environment = process.env): EnvironmentOptions {
  if (typeof env !== "object" || env === null) {
    throw new ArgumentError("env", "an object of variables, such as process.env");
  }
  const { values, unread } = readFrom("env", () => {
    const known = valuesOf(env);
    return { values: known, unread: notesOnUnread(env, known) };
  });
  checkUnused(values);
  const { REDIS_READ_TIMEOUT, REDIS_DIAL_TIMEOUT, REDIS_MAX_RETRIES } = values;
  const readMs =
    REDIS_READ_TIMEOUT === undefined ? undefined : duration("REDIS_READ_TIMEOUT", REDIS_READ_TIMEOUT);
  const dialMs =
    REDIS_DIAL_TIMEOUT === undefined ? undefined : duration("REDIS_DIAL_TIMEOUT", REDIS_DIAL_TIMEOUT);
  const retries =
    REDIS_MAX_RETRIES === undefined
      ? undefined
      : wholeNumber("REDIS_MAX_RETRIES", REDIS_MAX_RETRIES, 0, 1_000);
  const servers = serversOf(values);
  return {
    ...connectionOf(servers, {
      ...(dialMs === undefined ? {} : { connectTimeout: dialMs }),
      ...(readMs === undefined ? {} : { socketTimeout: readMs }),
    }),
    moonpath: {
      ...(readMs === undefined ? {} : { deadlineMs: readMs }),
      ...(retries === undefined ? {} : { retries }),
    },
    notes: [...notesOn(values), ...unread],
  };
}

type Connection = { readonly redis: SingleOptions } | { readonly cluster: ClusterArguments };

function connectionOf(
  { nodes, username, password, db, tls }: Servers,
  limits: Pick<LoginOptions, "connectTimeout" | "socketTimeout">,
): Connection {
  const login: LoginOptions = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    ...limits,
  };
  const [first] = nodes;
  if (nodes.length === 1 && first) return { redis: { ...first, db, ...login } };
  const byName = tls ? { dnsLookup } : {};
  return { cluster: { nodes: [...nodes], options: { redisOptions: login, ...byName } } };
}

/** ioredis connects to the address that this returns, and TLS compares it with the certificate. */
function dnsLookup(hostname: string, callback: (error: null, address: string) => void): void {
  callback(null, hostname);
}

function valuesOf(env: Environment): Values {
  const values: Record<string, string> = {};
  for (const name of variableNames()) {
    const value = env[name];
    if (typeof value === "string" && value !== "") values[name] = value;
  }
  return values;
}

/** Checks the values of variables without effect too, because a later version may use them. */
function checkUnused(values: Values): void {
  const { REDIS_POOL_SIZE, REDIS_MIN_IDLE_CONNS, REDIS_WRITE_TIMEOUT } = values;
  const { REDIS_WRITE_BEHIND_ENABLED, REDIS_WRITE_BEHIND_BATCH } = values;
  if (REDIS_POOL_SIZE !== undefined) wholeNumber("REDIS_POOL_SIZE", REDIS_POOL_SIZE, 0, MAX_CONNECTIONS);
  if (REDIS_MIN_IDLE_CONNS !== undefined)
    wholeNumber("REDIS_MIN_IDLE_CONNS", REDIS_MIN_IDLE_CONNS, 0, MAX_CONNECTIONS);
  if (REDIS_WRITE_TIMEOUT !== undefined) duration("REDIS_WRITE_TIMEOUT", REDIS_WRITE_TIMEOUT);
  if (REDIS_WRITE_BEHIND_ENABLED !== undefined)
    flag("REDIS_WRITE_BEHIND_ENABLED", REDIS_WRITE_BEHIND_ENABLED);
  if (REDIS_WRITE_BEHIND_BATCH !== undefined) duration("REDIS_WRITE_BEHIND_BATCH", REDIS_WRITE_BEHIND_BATCH);
}

const MAX_CONNECTIONS = 1_000_000;
