// cache.raise_clock 1.0.0. Generated from lua/cache/raise_clock.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // It rises at least to the time.
   * const reply = await acme.scripts.cache.raiseClock({});
   * // reply: { reading: … }
   * ```
   */
  readonly raiseClock: {
    (args: CacheRaiseClockArgs, options?: CallOptions): Promise<CacheRaiseClockReply>;
    /**
     * Makes many calls of `raiseClock` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly CacheRaiseClockArgs[], options?: CallOptions): Promise<ManyResult<CacheRaiseClockReply>[]>;
  };
}

/** The script `cache.raise_clock`, as a client loads and calls it. */
export const cacheRaiseClock: ManyScript<CacheRaiseClockArgs, CacheRaiseClockReply> = {
  name: "cache.raise_clock",
  version: "1.0.0",
  digest: "98ac3727244bb0273947d19648345a823d9e1d35",
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
  many: {
    limit: 64,
    width: 1,
    digest: "6c35c6df1acc5ace64404ad7bf61628d862f86b3",
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
  "lua/cache/raise_clock.lua": "24:4 32:28 33-38:28",
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
-- How long a clock is kept after its last use. Afterwards it begins at the time, which is later.
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/clock_now.lua": "8-21:7",
  "lua/cache/raise_clock.lua": "25:4 40:28 41-46:28",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.raise_clock 1.0.0. Generated from lua/cache/raise_clock.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/cache/raise_clock.lua:
-- How long a clock is kept after its last use. Afterwards it begins at the time, which is later.
local KEPT_MS = 86400000

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 64 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.raise_clock expected 1 to 64 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Raises the clock of a tenant's tags. A caller does so when it invalidates a tag.
  do
    local cache_clock = KEYS[wrapper_keys + 1]
    local reading, now_us = clock_now(redis.call("GET", cache_clock))
    local raised = math.max(now_us, (reading or 0) + 1)
    redis.call("SET", cache_clock, string.format("%d", raised), "PX", KEPT_MS)
    return raised
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
