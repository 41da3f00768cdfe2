import type { Redis } from "ioredis";

/**
 * Reads keys of any type. Of a HyperLogLog it leaves out the bytes in which Redis keeps its last
 * estimate, because reading changes them.
 */
const READ = `local found = {}
for _, key in ipairs(KEYS) do
  local kind = redis.call("TYPE", key).ok
  local content
  if kind == "string" then
    content = redis.call("GET", key)
    if string.sub(content, 1, 4) == "HYLL" then
      content = redis.sha1hex(string.sub(content, 17))
    end
  elseif kind == "hash" then
    content = redis.call("HGETALL", key)
  elseif kind == "zset" then
    content = redis.call("ZRANGE", key, 0, -1, "WITHSCORES")
  elseif kind == "list" then
    content = redis.call("LRANGE", key, 0, -1)
  elseif kind == "set" then
    content = redis.call("SMEMBERS", key)
  elseif kind ~= "none" then
    error("this test cannot read a " .. kind)
  end
  if content then
    found[#found + 1] = { key, kind, redis.call("PEXPIRETIME", key), content }
  end
end
return found`;

/** What one key holds. */
interface Stored {
  readonly kind: string;
  /** A line for each field, member or element, in the order of their names, except in a list. */
  readonly lines: readonly string[];
  /** By Redis's clock, in milliseconds; -1 without a TTL. */
  readonly expiresAtMs: number;
}

/** What keys hold, by key. */
export type Snapshot = ReadonlyMap<string, Stored>;

/**
 * A TTL that the same call sets anew within this time counts as unchanged. Tests let much longer
 * times pass.
 */
const TTL_TOLERANCE_MS = 2_000;

/** A late copy may keep these keys for longer, because its own late copy must meet them too. */
const MAY_LIVE_LONGER: ReadonlySet<string> = new Set([":past-sequences"]);

export async function snapshot(redis: Redis, keys: readonly string[]): Promise<Snapshot> {
  const found = new Map<string, Stored>();
  if (keys.length === 0) return found;
  for (const row of list(await redis.eval(READ, keys.length, ...keys))) {
    const [key, kind, expiresAtMs, content] = list(row);
    const lines = linesOf(String(kind), content);
    found.set(String(key), { kind: String(kind), lines, expiresAtMs: Number(expiresAtMs) });
  }
  return found;
}

function linesOf(kind: string, content: unknown): string[] {
  if (!Array.isArray(content)) return [String(content)];
  const words = content.map(String);
  if (kind === "list") return words;
  if (kind === "set") return words.sort();
  return words.flatMap((word, at) => (at % 2 === 0 ? [`${word} = ${words[at + 1]}`] : [])).sort();
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is different, one line for each difference; empty if nothing is. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((key) => {
    const end = key.slice(key.indexOf("}") + 1);
    return differencesOfKey(before.get(key), after.get(key), MAY_LIVE_LONGER.has(end)).map(
      (line) => `${end}: ${line}`,
    );
  });
}

function differencesOfKey(
  before: Stored | undefined,
  after: Stored | undefined,
  mayLiveLonger: boolean,
): string[] {
  const [was, is] = [new Set(before?.lines), new Set(after?.lines)];
  const lines = [
    ...[...was].filter((line) => !is.has(line)).map((line) => `was ${line}`),
    ...[...is].filter((line) => !was.has(line)).map((line) => `is ${line}`),
  ];
  if (before && after) {
    if (before.kind !== after.kind) lines.push(`was a ${before.kind}, is a ${after.kind}`);
    const laterMs = after.expiresAtMs - before.expiresAtMs;
    const [hadTtl, hasTtl] = [before.expiresAtMs >= 0, after.expiresAtMs >= 0];
    if (hadTtl !== hasTtl) lines.push(hasTtl ? "has a TTL now" : "has no TTL any more");
    else if (mayLiveLonger && laterMs > 0) return lines;
    else if (Math.abs(laterMs) > TTL_TOLERANCE_MS) lines.push(`expires ${laterMs} ms later than before`);
  }
  return lines;
}
