import type { Redis } from "ioredis";
import { LONGER_MS } from "./frozen.js";

/** A key of a namespace, and all that it holds as one text that does not depend on its encoding. */
export interface StoredKey {
  /** The key without its namespace. */
  readonly name: string;
  readonly type: string;
  readonly content: string;
  /** The rest of its life; -1 without end. */
  readonly livesMs: number;
}

/** All keys of a namespace, by name. */
export async function storedKeys(redis: Redis, namespace: string): Promise<readonly StoredKey[]> {
  const found: StoredKey[] = [];
  for (const key of await keysOf(redis, namespace)) {
    const type = await redis.type(key);
    const [content, livesMs] = [await contentOf(redis, key, type), await redis.pttl(key)];
    // A key may end between the two commands.
    if (livesMs !== -2) found.push({ name: key.slice(namespace.length), type, content, livesMs });
  }
  return found;
}

async function contentOf(redis: Redis, key: string, type: string): Promise<string> {
  if (type === "string") return (await redis.getBuffer(key))?.toString("latin1") ?? "";
  if (type === "zset") return JSON.stringify(await redis.call("ZRANGE", key, "0", "-1", "WITHSCORES"));
  if (type === "list") return JSON.stringify(await redis.lrange(key, 0, -1));
  if (type === "set") return JSON.stringify((await redis.smembers(key)).toSorted());
  return JSON.stringify(
    Object.entries(await redis.hgetall(key)).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

async function keysOf(redis: Redis, namespace: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of redis.scanStream({ match: `${namespace}:*`, count: 1_000 })) found.push(...keys);
  return [...new Set(found)].toSorted();
}

/** Shortens the life of all keys. Redis removes those whose life is over. */
export async function letPass(redis: Redis, namespace: string, ms: number): Promise<void> {
  for (const key of await keysOf(redis, namespace)) {
    const livesMs = await redis.pttl(key);
    if (livesMs >= 0) await redis.pexpire(key, livesMs - ms > LONGER_MS ? livesMs - ms : 0);
  }
}

/** Overwrites one stored value with a text that no script writes. A score becomes half a number. */
export async function changeField(
  redis: Redis,
  namespace: string,
  place: { readonly key: number; readonly field: number; readonly text: string },
): Promise<void> {
  const key = at(await keysOf(redis, namespace), place.key);
  if (key === undefined) return;
  const type = await redis.type(key);
  if (type === "string") await redis.set(key, place.text, "KEEPTTL");
  const field = type === "hash" ? at((await redis.hkeys(key)).toSorted(), place.field) : undefined;
  if (field !== undefined) await redis.hset(key, field, place.text);
  const member = type === "zset" ? at(await redis.zrange(key, "0", "-1"), place.field) : undefined;
  if (member !== undefined) await redis.zadd(key, "-0.5", member);
}

/** Gives a key another type. */
export async function changeType(redis: Redis, namespace: string, position: number): Promise<void> {
  const key = at(await keysOf(redis, namespace), position);
  if (key === undefined) return;
  await redis.del(key);
  await redis.sadd(key, "another type");
}

function at<Value>(values: readonly Value[], position: number): Value | undefined {
  return values[position % Math.max(values.length, 1)];
}
