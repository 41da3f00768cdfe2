// cache.open_clock 1.0.0. Generated from lua/cache/open_clock.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // The present reading.
   * const reply = await acme.scripts.cache.openClock({});
   * // reply: { reading: 1_767_225_600_000_000 }
   * ```
   */
  readonly openClock: {
    (args: CacheOpenClockArgs, options?: CallOptions): Promise<CacheOpenClockReply>;
    /**
     * Makes many calls of `openClock` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly CacheOpenClockArgs[], options?: CallOptions): Promise<ManyResult<CacheOpenClockReply>[]>;
  };
}

/** The script `cache.open_clock`, as a client loads and calls it. */
export const cacheOpenClock: ManyScript<CacheOpenClockArgs, CacheOpenClockReply> = {
  name: "cache.open_clock",
  version: "1.0.0",
  digest: "ebd9439fadf4e1c6f8ee0bf5387e66592f2d7f9e",
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
  many: {
    limit: 64,
    width: 1,
    digest: "1e790297fdfec0f855e75daa88e330e32359606d",
    write(call, scope) {
      call.key(keys.cacheClock(scope));
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  reading: types.clockReading,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/clock_now.lua": "7-20:7",
  "lua/cache/open_clock.lua": "24:4 32:26 33-40:26",
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
-- How long a clock is kept after its last use. Afterwards it begins at the time, which is later.
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/clock_now.lua": "8-21:7",
  "lua/cache/open_clock.lua": "25:4 40:26 41-48:26",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- cache.open_clock 1.0.0. Generated from lua/cache/open_clock.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

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
-- How long a clock is kept after its last use. Afterwards it begins at the time, which is later.
local KEPT_MS = 86400000

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 64 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.open_clock expected 1 to 64 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Reads the clock of a tenant's tags. A clock that nobody has used begins at the present time.
  do
    local cache_clock = KEYS[wrapper_keys + 1]
    local reading, now_us = clock_now(redis.call("GET", cache_clock))
    if reading then
      return reading
    end
    redis.call("SET", cache_clock, string.format("%d", now_us), "PX", KEPT_MS)
    return now_us
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 1 value for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_at = wrapper_at + 1
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
