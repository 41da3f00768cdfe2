// cache.raise_clock 1.0.0. Generated from lua/cache/raise_clock.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.raise_clock`. */
export interface CacheRaiseClockArgs {
}

/** Reply of `cache.raise_clock`. */
export interface CacheRaiseClockReply {
  /** Above all earlier ones. 1 to 9,007,199,254,740,991. */
  readonly reading: number;
}

/** The function of `cache.raise_clock`. A tenant's `scripts.cache` has it. */
export interface CacheRaiseClockOperation {
  /**
   * Raises the clock of a tenant's tags. A caller does so when it invalidates a tag.
   *
   * Reply:
   * - `reading`: Above all earlier ones. 1 to 9,007,199,254,740,991.
   *
   * Cost: O(1).
   *
   * Retry: never. A second run raises it again.
   *
   * Lua source: `lua/cache/raise_clock.lua`, version 1.0.0.
   *
   * @throws `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // It rises at least to the time.
   * const reply = await acme.scripts.cache.raiseClock({});
   * // reply: { reading: … }
   * ```
   */
  raiseClock(args: CacheRaiseClockArgs, options?: CallOptions): Promise<CacheRaiseClockReply>;
}

/** The script `cache.raise_clock`, as a client loads and calls it. */
export const cacheRaiseClock: Script<CacheRaiseClockArgs, CacheRaiseClockReply> = {
  name: "cache.raise_clock",
  version: "1.0.0",
  digest: "2a32f60d2bd173e371b2e4327cddff4b285098a3",
  writes: true,
  resend: "never",
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
  "lua/cache/raise_clock.lua": "25:5 33:28 34-39:28",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.raise_clock 1.0.0. Generated from lua/cache/raise_clock.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/cache/raise_clock.lua:
-- How long a clock is kept after it began or was last raised. Afterwards it begins at the time, which
-- is later.
local KEPT_MS = 86400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.raise_clock expected 1 key and 0 arguments" }
end

--- Raises the clock of a tenant's tags. A caller does so when it invalidates a tag.
do
  local cache_clock = KEYS[1]
  local reading, now_us = clock_now(redis.call("GET", cache_clock))
  local raised = math.max(now_us, (reading or 0) + 1)
  redis.call("SET", cache_clock, string.format("%d", raised), "PX", KEPT_MS)
  return raised
end
`;
