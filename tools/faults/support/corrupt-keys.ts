import * as fc from "fast-check";
import type { Redis } from "ioredis";
import { anyCharacter } from "../../fuzz/support/characters.js";

/**
 * One way to damage one key: another type, another value, an additional entry, or a missing one.
 */
export interface Corruption {
  readonly how: "retype" | "change" | "add" | "drop";
  /** The key of the call and its entry, both modulo their number. */
  readonly key: number;
  readonly entry: number;
  readonly type: string;
  readonly name: string;
  readonly value: string;
  readonly score: string;
}

const numbers = [
  "0",
  "-1",
  "1.5",
  "1e3",
  " 5",
  "5x",
  "0x5",
  "nan",
  "inf",
  "9007199254740993",
  "-9007199254740993",
];
const states = [
  "held 3",
  "held -1",
  "held 99999999999999999999",
  "held",
  "committed x",
  "expired 1 2",
  "running",
];
const texts = ["", "many", "{}", "null", "\u0000", "ä€😀", "9".repeat(400), "x".repeat(5_000)];
const scores = ["0", "-1", "1.5", "-0.5", "1e300", "-1e300", "inf", "-inf", "9007199254740993"];
const names = [
  "total",
  "held",
  "level:",
  "level:rome",
  "seq:berlin",
  "seq:rome",
  "fence",
  "state",
  "owner",
  "base",
];

const value = fc.oneof(fc.constantFrom(...numbers, ...states, ...texts), fc.string({ unit: anyCharacter }));

/** One to three damages. Three in ten set a wrong type. */
export const corruptions = fc.array(
  fc.record({
    how: fc.constantFrom(
      "retype",
      "retype",
      "retype",
      "change",
      "change",
      "change",
      "change",
      "add",
      "add",
      "drop",
    ),
    key: fc.nat(1_000),
    entry: fc.nat(1_000),
    type: fc.constantFrom("string", "hash", "set", "zset", "list", "stream"),
    name: fc.oneof(fc.constantFrom(...names, ...texts), fc.string({ unit: anyCharacter })),
    value,
    score: fc.constantFrom(...scores),
  } satisfies { [Field in keyof Corruption]: fc.Arbitrary<Corruption[Field]> }),
  { minLength: 1, maxLength: 3 },
);

const SPOIL = `
local key, how, entry, wanted, name, value, score = KEYS[1], unpack(ARGV)
local function put(kind)
  if kind == "string" then redis.call("SET", key, value)
  elseif kind == "hash" then redis.call("HSET", key, name, value)
  elseif kind == "set" then redis.call("SADD", key, value)
  elseif kind == "zset" then redis.call("ZADD", key, score, name)
  elseif kind == "list" then redis.call("RPUSH", key, value)
  else redis.call("XADD", key, "*", "field", value) end
end
if how == "retype" then redis.call("DEL", key) return put(wanted) end
local kind = redis.call("TYPE", key).ok
if kind == "none" or how == "add" then return put(kind == "none" and wanted or kind) end
local all = {}
if kind == "hash" then all = redis.call("HKEYS", key) elseif kind == "zset" then all = redis.call("ZRANGE", key, 0, -1) end
table.sort(all)
local chosen = all[entry % math.max(#all, 1) + 1]
if not chosen then return how == "drop" and redis.call("DEL", key) or put(kind) end
if how == "drop" then return redis.call(kind == "hash" and "HDEL" or "ZREM", key, chosen) end
name = chosen
put(kind)
`;

/** Damages a key. A missing key is created, usually with the type of `holds`. */
export async function corrupt(
  redis: Redis,
  { key, holds }: { readonly key: string; readonly holds: string },
  spoiling: Corruption,
): Promise<void> {
  const { how, entry, type, name, value, score } = spoiling;
  const wanted = how === "retype" ? type : holds;
  await redis.eval(SPOIL, 1, key, how, entry, wanted, name, value, score);
}

// DUMP of a hash table has the order of its buckets, and a read may change it.
const EVERYTHING = `
local function contents(key)
  local kind = redis.call("TYPE", key).ok
  if kind == "set" then
    local members = redis.call("SMEMBERS", key)
    table.sort(members)
    return cmsgpack.pack(members)
  elseif kind == "zset" then
    return cmsgpack.pack(redis.call("ZRANGE", key, 0, -1, "WITHSCORES"))
  elseif kind == "hash" then
    local fields = redis.call("HKEYS", key)
    table.sort(fields)
    for position = 1, #fields do fields[#fields + 1] = redis.call("HGET", key, fields[position]) end
    return cmsgpack.pack(fields)
  end
  return redis.call("DUMP", key)
end
local keys = redis.call("KEYS", "*")
table.sort(keys)
local all = {}
for _, key in ipairs(keys) do
  all[#all + 1] = { key, redis.call("TYPE", key).ok, redis.call("PEXPIRETIME", key), contents(key) }
end
return redis.sha1hex(cmsgpack.pack(all))
`;

/** A digest of all bytes in a database, including times to live. */
export async function dumpAll(redis: Redis): Promise<string> {
  return String(await redis.eval(EVERYTHING, 0));
}
