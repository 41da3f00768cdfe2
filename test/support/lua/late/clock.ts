import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { EncodedCall } from "../../../../src/client/index.js";

/**
 * Lua before a script. It moves the clock that the script reads by the last argument, and instants
 * that the script gives to Redis back by the same time.
 */
const MOVED_CLOCK = `local moved_ms = tonumber(table.remove(ARGV))
local server = redis
local function moved(command, ...)
  local words = { command, ... }
  if command == "TIME" then
    local clock = server.call("TIME")
    return { string.format("%.0f", tonumber(clock[1]) + moved_ms / 1000), clock[2] }
  end
  if command == "EXPIREAT" or command == "EXPIRETIME" then
    error("this test does not know " .. command)
  end
  if command == "PEXPIREAT" then
    words[3] = string.format("%.0f", tonumber(words[3]) - moved_ms)
  end
  if command == "SET" or command == "GETEX" then
    for position = 3, #words do
      if words[position - 1] == "PXAT" and (command == "GETEX" or position > 4) then
        words[position] = string.format("%.0f", tonumber(words[position]) - moved_ms)
      end
    end
  end
  local reply = server.call(unpack(words))
  if command == "PEXPIRETIME" and reply > 0 then
    return reply + moved_ms
  end
  return reply
end
local redis = setmetatable({ call = moved }, { __index = server })
`;

/** Takes time from the life of every key. A key whose time is over goes. */
const SHORTEN = `for _, key in ipairs(KEYS) do
  local left_ms = redis.call("PTTL", key)
  if left_ms >= 0 then
    redis.call("PEXPIRE", key, left_ms - tonumber(ARGV[1]))
  end
end`;

interface Loaded {
  readonly lua: string;
  readonly digest: string;
}

const loaded = new Map<string, Loaded>();

/**
 * A clock for scripts that a test moves forward at will. Keys with a TTL grow older with it, and the
 * script reads its time, so time passes for all that is stored, whatever its form.
 */
export class MovedClock {
  /** By how many milliseconds this clock is ahead of Redis's. */
  aheadMs = 0;
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Lets time pass for these keys and for all later calls. */
  async pass(ms: number, keys: readonly string[]): Promise<void> {
    this.aheadMs += ms;
    if (ms > 0 && keys.length > 0) await this.#redis.eval(SHORTEN, keys.length, ...keys, ms);
  }

  /** Runs a script at this clock's time and returns the raw reply. */
  async run(
    script: { readonly lua: string; readonly repliesBytes?: boolean },
    { keys, args }: EncodedCall,
  ): Promise<unknown> {
    const { digest, lua } = withMovedClock(script.lua);
    const words = [keys.length, ...keys, ...args, this.aheadMs] as const;
    try {
      if (script.repliesBytes) return await this.#redis.callBuffer("EVALSHA", digest, ...words);
      return await this.#redis.evalsha(digest, ...words);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      if (script.repliesBytes) return await this.#redis.callBuffer("EVAL", lua, ...words);
      return await this.#redis.eval(lua, ...words);
    }
  }
}

function withMovedClock(source: string): Loaded {
  const known = loaded.get(source);
  if (known) return known;
  const [shebang = ""] = source.split("\n", 1);
  const lua = `${shebang}\n${MOVED_CLOCK}${source.slice(shebang.length + 1)}`;
  const made = { lua, digest: createHash("sha1").update(lua).digest("hex") };
  loaded.set(source, made);
  return made;
}
