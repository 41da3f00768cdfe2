import type { Cluster, Redis } from "ioredis";
import { type Keys, keyNamed, memberOf } from "./commands.js";

/** What keys hold, to the byte: a DUMP in hexadecimal by name; `null` where there is no such key. */
export async function bytesOf(redis: Redis | Cluster, keys: Keys): Promise<Record<string, string | null>> {
  const dumped: Record<string, string | null> = {};
  for (const [name, key] of Object.entries(keys)) {
    dumped[name] = (await redis.dumpBuffer(key))?.toString("hex") ?? null;
  }
  return dumped;
}

/** One field of a hash, one member of a zset with its score, one element of a list, or a whole string. */
export interface Entry {
  /** The key's name in the keyspace. */
  readonly key: string;
  /**
   * The field, the member or the element's index; absent for a string. The name of the keys' owner is
   * `{member}` in it.
   */
  readonly field?: string;
  readonly value: string;
}

/** What a hash, a zset, a list or a string holds, in the order of the names. */
export async function entriesOf(redis: Redis | Cluster, keys: Keys, name: string): Promise<Entry[]> {
  const key = keyNamed(keys, name);
  const type = await redis.type(key);
  if (type === "none") return [];
  if (type === "string") return [{ key: name, value: (await redis.get(key)) ?? "" }];
  const fields =
    type === "hash"
      ? await redis.hgetall(key)
      : type === "list"
        ? Object.fromEntries((await redis.lrange(key, 0, -1)).entries())
        : await scores(redis, key);
  const member = memberOf(keys);
  return Object.entries(fields)
    .map(([field, value]) => ({ key: name, field: withoutMember(field, member), value }))
    .sort((one, other) => (one.field < other.field ? -1 : 1));
}

function withoutMember(field: string, member: string): string {
  return member === "" ? field : field.replace(member, "{member}");
}

async function scores(redis: Redis | Cluster, key: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const member of (await redis.zrange(key, "0", "-1")).map(String)) {
    found[member] = String(await redis.zscore(key, member));
  }
  return found;
}

/**
 * Writes an entry's place anew: the field, the member's score, the element, or the whole string.
 * Keeps the key's TTL.
 */
export async function replace(
  redis: Redis | Cluster,
  keys: Keys,
  entry: Entry,
  value: string,
): Promise<void> {
  const key = keyNamed(keys, entry.key);
  const field = entry.field?.replace("{member}", memberOf(keys));
  if (field === undefined) await redis.set(key, value, "KEEPTTL");
  else if ((await redis.type(key)) === "hash") await redis.hset(key, { [field]: value });
  else if ((await redis.type(key)) === "list") await redis.lset(key, Number(field), value);
  else await redis.zadd(key, value, field);
}
