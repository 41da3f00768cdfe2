import type { ChainableCommander, Redis } from "ioredis";
import type { KeyCost } from "../../codegen/src/costs.js";

/** How many elements a copy of a key gets, for the bytes of one of them. */
const FURTHER = 2_000;
const DIGITS = 6;

/** How Redis counts the elements of a type, reads them, and adds another one like them. */
interface Elements {
  count(redis: Redis, key: string): Promise<number>;
  read(redis: Redis, key: string): Promise<readonly (readonly string[])[]>;
  add(pipeline: ChainableCommander, key: string, element: readonly string[], number: number): void;
}

const ELEMENTS: Readonly<Record<string, Elements>> = {
  hash: {
    count: (redis, key) => redis.hlen(key),
    read: async (redis, key) => Object.entries(await redis.hgetall(key)),
    add: (pipeline, key, [field = "", value = ""], number) =>
      pipeline.hset(key, renamed(field, number), value),
  },
  zset: {
    count: (redis, key) => redis.zcard(key),
    read: async (redis, key) => pairs(await redis.zrange(key, "0", "-1", "WITHSCORES")),
    add: (pipeline, key, [member = "", score = "0"], number) =>
      pipeline.zadd(key, score, renamed(member, number)),
  },
  list: {
    count: (redis, key) => redis.llen(key),
    read: async (redis, key) => (await redis.lrange(key, 0, -1)).map((element) => [element]),
    add: (pipeline, key, [element = ""], number) => pipeline.rpush(key, renamed(element, number)),
  },
};

/** How large these keys are, with Redis's own overhead; a key that does not exist is left out. */
export async function keyCosts(
  redis: Redis,
  keys: Readonly<Record<string, string>>,
): Promise<Record<string, KeyCost>> {
  const found: Record<string, KeyCost> = {};
  for (const [name, key] of Object.entries(keys)) {
    const bytes = await bytesOf(redis, key);
    if (bytes === undefined) continue;
    const elements = ELEMENTS[await redis.type(key)];
    found[name] =
      elements === undefined
        ? { bytes }
        : {
            bytes,
            elements: await elements.count(redis, key),
            perElement: await perElement(redis, key, elements, bytes),
          };
  }
  return found;
}

async function bytesOf(redis: Redis, key: string): Promise<number | undefined> {
  return (await redis.memory("USAGE", key, "SAMPLES", 0)) ?? undefined;
}

/** The bytes of one further element, when a copy of the key has many that are like its own ones. */
async function perElement(redis: Redis, key: string, elements: Elements, bytes: number): Promise<number> {
  const copy = `${key}:copy`;
  await redis.copy(key, copy, "REPLACE");
  const own = await elements.read(redis, key);
  const pipeline = redis.pipeline();
  for (let number = 0; number < FURTHER; number++) {
    elements.add(pipeline, copy, own[number % own.length] ?? [], number);
  }
  await pipeline.exec();
  const grown = (await bytesOf(redis, copy)) ?? bytes;
  await redis.unlink(copy);
  return (grown - bytes) / FURTHER;
}

/** Another name that is as long, if the name has at least six characters. */
function renamed(name: string, number: number): string {
  return name.slice(0, Math.max(0, name.length - DIGITS)) + String(number).padStart(DIGITS, "0");
}

function pairs(list: readonly string[]): string[][] {
  return Array.from({ length: list.length / 2 }, (_, index) => list.slice(2 * index, 2 * index + 2));
}
