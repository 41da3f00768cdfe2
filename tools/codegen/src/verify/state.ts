import type { Redis } from "ioredis";

/** Everything under a namespace, as text that can be compared: one line a key. */
export type State = ReadonlyMap<string, string>;

/** Reads all keys of a namespace. Meant for the few keys of an example. */
export async function readState(redis: Redis, namespace: string): Promise<State> {
  const state = new Map<string, string>();
  for (const key of (await keysOf(redis, namespace)).sort()) {
    const type = await redis.type(key);
    state.set(key, JSON.stringify([type, await contents(redis, key, type)]));
  }
  return state;
}

/** Removes all keys of a namespace. */
export async function clearState(redis: Redis, namespace: string): Promise<void> {
  const keys = await keysOf(redis, namespace);
  if (keys.length > 0) await redis.del(...keys);
}

async function keysOf(redis: Redis, namespace: string): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const [next, page] = await redis.scan(cursor, "MATCH", `${namespace}:*`, "COUNT", 1000);
    for (const key of page) keys.add(key);
    cursor = next;
  } while (cursor !== "0");
  return [...keys];
}

async function contents(redis: Redis, key: string, type: string): Promise<unknown> {
  switch (type) {
    case "string":
      return redis.get(key);
    case "hash":
      return Object.entries(await redis.hgetall(key)).sort();
    case "list":
      return redis.lrange(key, 0, -1);
    case "set":
      return (await redis.smembers(key)).sort();
    case "zset":
      return redis.zrange(key, "0", "-1", "WITHSCORES");
    default:
      return (await redis.dumpBuffer(key))?.toString("hex");
  }
}

/** How much later the second run may be. */
const RUNS_APART_MS = 10_000;

/** The first key that differs, if any. Instants may have moved by the time between two runs. */
export function differingKey(one: State, other: State): string | undefined {
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    if (!equalButForInstants(one.get(key) ?? "", other.get(key) ?? "")) return key;
  }
  return undefined;
}

const INSTANT = /(?<!\d)\d{13}(?!\d)/g;

function equalButForInstants(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.replace(INSTANT, "instant") !== other.replace(INSTANT, "instant")) return false;
  const later = other.match(INSTANT) ?? [];
  return (one.match(INSTANT) ?? []).every(
    (instant, index) => Math.abs(Number(later[index]) - Number(instant)) < RUNS_APART_MS,
  );
}
