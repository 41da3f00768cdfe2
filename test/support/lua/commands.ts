import type { Cluster, Redis } from "ioredis";

/** A key's name in the keyspace (`stock_operation`) to the key itself. */
export type Keys = Readonly<Record<string, string>>;

/**
 * Sends commands as the scripts' examples write them: `HSET {stock} total 5`, `ZADD {due}
 * {now-1000} offer-1`. Words are apart by one space, or in quotes, or in
 * those of a shell, as in `$'acme:lamp\\tcart-1'`. `{now}` is Redis's clock at the first of the commands.
 * `{member}` is the name of the keys' owner in the indexes of its slot.
 */
export async function send(redis: Redis | Cluster, keys: Keys, lines: readonly string[]): Promise<unknown[]> {
  const now = lines.some((line) => line.includes("{now")) ? await nowMs(redis) : 0;
  const replies: unknown[] = [];
  for (const line of lines) {
    const [command = "", ...args] = (line.match(WORDS) ?? []).map((word) => filled(word, keys, now));
    replies.push(await redis.call(command, args));
  }
  return replies;
}

/** Redis's clock, in milliseconds. Of a cluster, some node's. */
export async function nowMs(redis: Redis | Cluster): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

/** The words of a command: apart by spaces, or in quotes. */
export const WORDS = /\$'[^']*'|"[^"]*"|\S+/g;

/** A word without its quotes. */
export function unquoted(word: string): string {
  if (word.startsWith("$'")) return word.slice(2, -1).replaceAll("\\t", "\t");
  return word.replace(/^"|"$/g, "");
}

function filled(word: string, keys: Keys, now: number): string {
  return unquoted(word).replace(/\{(\w+)([+-]\d+)?\}/g, (_, name: string, offset: string | undefined) => {
    if (name === "now") return String(now + Number(offset ?? 0));
    return name === "member" ? memberOf(keys) : keyNamed(keys, name);
  });
}

/** The tag of the keys that have the tag of a tenant, such as `acme:lamp`. */
export function memberOf(keys: Keys): string {
  return /\{([^}]*:[^}]*)\}/.exec(Object.values(keys).join("\n"))?.[1] ?? "";
}

/** The key of this name; an error that says which names there are, when it has none. */
export function keyNamed(keys: Keys, name: string): string {
  const key = keys[name];
  if (key === undefined) throw new Error(`no key ${name} among ${Object.keys(keys).join(", ")}`);
  return key;
}
