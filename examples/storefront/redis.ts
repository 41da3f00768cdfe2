import { Cluster, Redis } from "ioredis";
import { type EnvironmentOptions, optionsFromEnv } from "moonpath";
import { redisFromUrl, startRedis } from "moonpath/testing";
import { ensureRedis } from "../../tools/servers/install.js";
import type { Closing } from "./closing.js";
import { reasonsOf } from "./reasons.js";
import { ServersError } from "./servers-error.js";

/** The longest wait for the first reply of a named server. */
const REPLY_LIMIT_MS = 5_000;

/** A connection to the Redis of a run. */
export interface OpenRedis {
  readonly redis: Redis | Cluster;
  /** Whether the environment names it. Then it keeps the data of others. */
  readonly given: boolean;
  /** The engine, for people: `Redis 7.0.15`. */
  readonly engine: string;
  readonly env: Pick<EnvironmentOptions, "moonpath" | "notes">;
  /** The last error of the connection, if there was one. */
  lastError(): unknown;
}

/** Connects to the Redis that `REDIS_URL` or `REDIS_ADDR` names, or starts one. */
export async function openRedis(closing: Closing): Promise<OpenRedis> {
  const env = optionsFromEnv();
  const name = ["REDIS_URL", "REDIS_ADDR"].find((variable) => process.env[variable]);
  if (name !== undefined) return named(env, name, closing);
  await ensureRedis();
  const server = await startRedis();
  closing.add("Redis", () => server.stop(), server);
  const engine = `${server.engine === "valkey" ? "Valkey" : "Redis"} ${server.version}`;
  return { ...watched(redisFromUrl(server.url), closing), given: false, engine, env };
}

async function named(env: EnvironmentOptions, name: string, closing: Closing): Promise<OpenRedis> {
  const redis = env.cluster
    ? new Cluster(env.cluster.nodes, { ...env.cluster.options, slotsRefreshTimeout: REPLY_LIMIT_MS })
    : new Redis(env.redis);
  const open = watched(redis, closing);
  const [first = env.redis] = env.cluster?.nodes ?? [];
  const at = `${first?.host}:${first?.port} (${name})`;
  const info = await firstInfo(redis, REPLY_LIMIT_MS).catch((error: unknown) => {
    const refused = open.lastError() ?? error;
    const isRejected = refused instanceof Error && refused.name === "ReplyError";
    const what = isRejected ? `Redis at ${at} rejects the connection` : `No Redis answers at ${at}`;
    throw new ServersError(`${what}: ${reasonsOf(refused)}`, { cause: error });
  });
  if (!env.cluster && info.includes("redis_mode:cluster")) {
    throw new ServersError(`The server at ${at} is a node of a cluster. Write its address twice.`);
  }
  const valkey = /valkey_version:(\S+)/.exec(info)?.[1];
  const version = /redis_version:(\S+)/.exec(info)?.[1];
  const engine = valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`;
  const nodes = env.cluster ? ` as a cluster with ${env.cluster.nodes.length} named nodes` : "";
  return { ...open, given: true, engine: engine + nodes, env };
}

/** The reply of INFO. It rejects at the first error of the connection, and after the limit. */
async function firstInfo(redis: Redis | Cluster, limitMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
    redis.once("error", fail);
    timer = setTimeout(() => reject(new Error(`no reply within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([redis.info("server"), failed]);
  } finally {
    redis.off("error", fail);
    clearTimeout(timer);
  }
}

function watched(redis: Redis | Cluster, closing: Closing): Pick<OpenRedis, "redis" | "lastError"> {
  let lastError: unknown;
  redis.on("error", (error: unknown) => {
    lastError = error;
  });
  closing.add("the connection to Redis", () => redis.disconnect());
  return { redis, lastError: () => lastError };
}
