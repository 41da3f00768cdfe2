// cache.open_clock 1.0.0. Generated from lua/cache/open_clock.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.open_clock`. */
export interface CacheOpenClockArgs {
}

/** Reply of `cache.open_clock`. */
export interface CacheOpenClockReply {
  /**
   * A reading of a tenant's cache clock. It rises with each invalidation of a tag. 1 to
   * 9,007,199,254,740,991.
   */
  readonly reading: number;
}

/** The function of `cache.open_clock`. A tenant's `scripts.cache` has it. */
export interface CacheOpenClockOperation {
  /**
   * Reads the clock of a tenant's tags. A clock that nobody has used begins at the present time.
   *
   * Reply:
   * - `reading`: A reading of a tenant's cache clock. It rises with each invalidation of a tag. 1
   *   to 9,007,199,254,740,991.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run reads the same, or a later reading.
   *
   * Lua source: `lua/cache/open_clock.lua`, version 1.0.0.
   *
   * @throws `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The present reading.
   * const reply = await acme.scripts.cache.openClock({});
   * // reply: { reading: 1_767_225_600_000_000 }
   * ```
   */
  openClock(args: CacheOpenClockArgs, options?: CallOptions): Promise<CacheOpenClockReply>;
}

/** The script `cache.open_clock`, as a client loads and calls it. */
export const cacheOpenClock: Script<CacheOpenClockArgs, CacheOpenClockReply> = {
  name: "cache.open_clock",
  version: "1.0.0",
  digest: "16fdab1c75c72fc98bf3e550255ec448fb35357a",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>}:cache-clock",
  ],
  encode(scope) {
    return {
      keys: [keys.cacheClock(scope)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      reading: field.reading.decode("reading", fields[0]),
    };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  reading: types.clockReading,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/clock_now.lua": "7-20:7",
  "lua/cache/open_clock.lua": "25:5 33:26 34-41:26",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cache.open_clock 1.0.0. Generated from lua/cache/open_clock.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/clock_now.lua:
--- The least reading of a tenant's clock at this time: the time in microseconds. So a clock that was
--- evicted does not repeat a reading.
local function clock_now(stored)
  -- The upper bound of the type clock_reading. A stored one leaves room for the next.
  local MAX_READING = 9007199254740991
  local clock = redis.call("TIME")
  local now_us = clock[1] * 1000000 + clock[2]
  if not stored then
    return nil, now_us
  end
  local reading = tonumber(stored)
  if not reading or reading % 1 ~= 0 or reading < 1 or reading >= MAX_READING then
    error({ err = "CORRUPT cache clock" })
  end
  return reading, now_us
end

-- From lua/cache/open_clock.lua:
-- How long a clock is kept after it began or was last raised. Afterwards it begins at the time, which
-- is later.
local KEPT_MS = 86400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.open_clock expected 1 key and 0 arguments" }
end

--- Reads the clock of a tenant's tags. A clock that nobody has used begins at the present time.
do
  local cache_clock = KEYS[1]
  local reading, now_us = clock_now(redis.call("GET", cache_clock))
  if reading then
    return reading
  end
  redis.call("SET", cache_clock, string.format("%d", now_us), "PX", KEPT_MS)
  return now_us
end
`;
