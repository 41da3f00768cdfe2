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

/** What these keys of a namespace hold, in their order; a key that does not exist is left out. */
export async function storedKeys(
  redis: Redis,
  namespace: string,
  keys: readonly string[],
): Promise<readonly StoredKey[]> {
  const found = await Promise.all(
    keys.map(async (key) => {
      const [type, livesMs] = await Promise.all([redis.type(key), redis.pttl(key)]);
      if (type === "none") return [];
      return [
        { name: key.slice(namespace.length), type, content: await contentOf(redis, key, type), livesMs },
      ];
    }),
  );
  return found.flat();
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

/**
 * Shortens the life of all keys of both sides, and removes those whose life is over. The first side
 * decides for both, because the real time between two commands may end the life of one of them only.
 */
export async function letPass(
  redis: Redis,
  [decides, follows]: readonly [readonly string[], readonly string[]],
  ms: number,
): Promise<void> {
  await Promise.all(
    decides.map(async (key, index) => {
      const left = [key, follows[index] ?? key];
      const [livesMs = -2, otherMs = -2] = await Promise.all(left.map((one) => redis.pttl(one)));
      const isOver = livesMs - ms <= LONGER_MS;
      if (livesMs >= 0) await redis.pexpire(key, isOver ? 0 : livesMs - ms);
      if (otherMs >= 0) await redis.pexpire(left[1] ?? key, isOver ? 0 : otherMs - ms);
    }),
  );
}

/** Those of the keys that exist. */
async function existing(redis: Redis, keys: readonly string[]): Promise<string[]> {
  const there = await Promise.all(keys.map((key) => redis.exists(key)));
  return keys.filter((_, index) => there[index] === 1);
}

/** Overwrites one stored value with a text that no script writes. A score becomes half a number. */
export async function changeField(
  redis: Redis,
  keys: readonly string[],
  place: { readonly key: number; readonly field: number; readonly text: string },
): Promise<void> {
  const key = at(await existing(redis, keys), place.key);
  if (key === undefined) return;
  const type = await redis.type(key);
  if (type === "string") await redis.set(key, place.text, "KEEPTTL");
  const field = type === "hash" ? at((await redis.hkeys(key)).toSorted(), place.field) : undefined;
  if (field !== undefined) await redis.hset(key, field, place.text);
  const member = type === "zset" ? at(await redis.zrange(key, "0", "-1"), place.field) : undefined;
  if (member !== undefined) await redis.zadd(key, "-0.5", member);
}

/** Gives a key another type. */
export async function changeType(redis: Redis, keys: readonly string[], position: number): Promise<void> {
  const key = at(await existing(redis, keys), position);
  if (key === undefined) return;
  await redis.del(key);
  await redis.sadd(key, "another type");
}

function at<Value>(values: readonly Value[], position: number): Value | undefined {
  return values[position % Math.max(values.length, 1)];
}
