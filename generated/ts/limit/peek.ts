// limit.peek 1.0.0. Generated from lua/limit/peek.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `limit.peek`. */
export interface LimitPeekArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly name: string;
  /** The shortest period first. At most 8 elements. */
  readonly limits: readonly types.RateLimit[];
  /** As for take. Units of the limit, 1 to 1,000,000,000. */
  readonly cost: number;
}

/**
 * Reply of `limit.peek`: `outcome` says what happened.
 *
 * As of take, if the same call took now.
 */
export type LimitPeekReply =
  | {
      /**
       * - `allowed`
       * - `refused`
       */
      readonly outcome: "allowed" | "refused";
      /**
       * The limit that decides: the one with the longest wait, else the one with the fewest units
       * left; the other values are its own. Milliseconds, 1 to 31,622,400,000.
       */
      readonly periodMs: number;
      /** Units that a call could take now. Units of the limit, 0 to 1,000,000,000. */
      readonly remaining: number;
      /**
       * Until the limit has the units; 0 if it has them. Milliseconds, 0 to 8,640,000,000,000,000.
       */
      readonly retryAfterMs: number;
      /**
       * Until the whole burst is free, without further calls. Milliseconds, 0 to
       * 8,640,000,000,000,000.
       */
      readonly resetAfterMs: number;
    }
  | {
      /** `too_large` */
      readonly outcome: "too_large";
      /**
       * The limit that decides: the one with the longest wait, else the one with the fewest units
       * left; the other values are its own. Milliseconds, 1 to 31,622,400,000.
       */
      readonly periodMs: number;
    };

/** The function of `limit.peek`. A tenant's `scripts.limit` has it. */
export interface LimitPeekOperation {
  /**
   * Tells what limit.take would answer, and takes nothing.
   *
   * After the clock went back, or with a smaller burst, a stored time may be further ahead than
   * that of an empty limit. Then the waits count from the next call of limit.take, which stores an
   * empty limit.
   *
   * Outcomes:
   * - `allowed`
   * - `refused`
   * - `too_large`
   *
   * As of take, if the same call took now.
   *
   * Units: `cost`, `remaining` in units of the limit; `periodMs`, `retryAfterMs`, `resetAfterMs` in
   * milliseconds.
   *
   * Cost: O(1), at most 8 limits.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/limit/peek.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A name that took nothing has the whole burst.
   * const reply = await acme.scripts.limit.peek({
   *   name: "name-1",
   *   limits: [{ quota: 5, periodMs: 1000, burst: 5 }],
   *   cost: 2,
   * });
   * // reply: {
   * //   outcome: "allowed",
   * //   periodMs: 1000,
   * //   remaining: 5,
   * //   retryAfterMs: 0,
   * //   resetAfterMs: 0,
   * // }
   * ```
   */
  readonly peek: {
    (args: LimitPeekArgs, options?: CallOptions): Promise<LimitPeekReply>;
    /**
     * Makes many calls of `peek` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly LimitPeekArgs[], options?: CallOptions): Promise<ManyResult<LimitPeekReply>[]>;
  };
}

/** The script `limit.peek`, as a client loads and calls it. */
export const limitPeek: ManyScript<LimitPeekArgs, LimitPeekReply> = {
  name: "limit.peek",
  version: "1.0.0",
  digest: "fc930bac28bec4d1c5210867df0ed06635652cac",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<name>}:rate-limit",
  ],
  encode(scope, args) {
    return {
      keys: [keys.rateLimit(scope, args.name)],
      args: [
        ...argument.limits.encode("limits", args.limits),
        argument.cost.encode("cost", args.cost),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "allowed":
      case "refused":
        return {
          outcome,
          periodMs: field.periodMs.decode("periodMs", fields[1]),
          remaining: field.remaining.decode("remaining", fields[2]),
          retryAfterMs: field.retryAfterMs.decode("retryAfterMs", fields[3]),
          resetAfterMs: field.resetAfterMs.decode("resetAfterMs", fields[4]),
        };
      case "too_large":
        return {
          outcome,
          periodMs: field.periodMs.decode("periodMs", fields[1]),
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 100,
    width: 5,
    hasArgumentCounts: true,
    digest: "c27c6a4a7f1fbbe0ccd05b1e1effe2e261a3b303",
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  limits: listType(types.rateLimit, 8),
  cost: types.limitUnits,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["allowed", "refused", "too_large"]),
  periodMs: types.ms,
  remaining: types.unitsLeft,
  retryAfterMs: types.waitMs,
  resetAfterMs: types.waitMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/limit/limits_after.lua": "6-52:25",
  "lua/lib/limit/stored_limits.lua": "56-81:5",
  "lua/limit/peek.lua": "126:38 127-139:38",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- limit.peek 1.0.0. Generated from lua/limit/peek.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/limit/limits_after.lua:
--- Finds what a call would get from rate limits.
local function limits_after(limits, stored, cost, now_us, next_full_us)
  -- The upper bound of the type ms: the longest time until an empty limit is full again.
  local MAX_BURST_MS = 31622400000
  local MAX_UNITS_PER_MS = 10
  local decisive_ms, fewest, longest_us, taken_us, cost_us = 0, 0, 0, 0, 0
  local last_period_ms, is_ahead = 0, false
  -- at most 8 limits
  for index = 1, #limits do
    local limit = limits[index]
    local period_ms = limit.period_ms
    local interval_us = math.max(math.ceil(period_ms * 1000 / limit.quota), 1)
    local burst_us = limit.burst * interval_us
    if period_ms <= last_period_ms then
      error({ err = "ARGUMENT limits: the shortest period comes first, and each period once" })
    end
    if limit.quota > period_ms * MAX_UNITS_PER_MS then
      error({ err = "ARGUMENT limits: a quota has at most 10 units a millisecond" })
    end
    if burst_us > MAX_BURST_MS * 1000 then
      error({ err = "ARGUMENT limits: an empty limit is full again within 366 days" })
    end
    if cost > limit.burst then
      return "too_large", period_ms, 0, 0, 0, 0, false
    end
    local limit_taken_us = (stored[period_ms] or now_us) - now_us
    if limit_taken_us < 0 then
      limit_taken_us = 0
    elseif limit_taken_us > burst_us then
      limit_taken_us, is_ahead = burst_us, true
    end
    local limit_cost_us = cost * interval_us
    -- Below zero if the limit has more units.
    local wait_us = limit_taken_us + limit_cost_us - burst_us
    local left = math.floor((burst_us - limit_taken_us) / interval_us)
    if wait_us > longest_us then
      decisive_ms, fewest, longest_us, taken_us = period_ms, left, wait_us, limit_taken_us
    elseif longest_us == 0 and (index == 1 or left < fewest) then
      decisive_ms, fewest, taken_us, cost_us = period_ms, left, limit_taken_us, limit_cost_us
    end
    if next_full_us then
      next_full_us[index] = now_us + limit_taken_us + limit_cost_us
    end
    last_period_ms = period_ms
  end
  local verdict = longest_us > 0 and "refused" or "allowed"
  return verdict, decisive_ms, fewest, longest_us, taken_us, cost_us, is_ahead
end

-- From lua/lib/limit/stored_limits.lua:
--- Reads the rate limits of a name, which are stored as \`<period_ms>:<full_at_us>;\` each.
local function stored_limits(value)
  local MAX_LIMITS = 8
  -- The upper bound of the type ms.
  local MAX_PERIOD_MS = 31622400000
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  local stored = {}
  if not value then
    return stored
  end
  local position = 1
  -- at most 8 limits
  for _ = 1, MAX_LIMITS do
    local _, entry_end, period, full_at = string.find(value, "^(%d+):(%d+);", position)
    local period_ms, full_at_us = tonumber(period), tonumber(full_at)
    if not entry_end or period_ms < 1 or period_ms > MAX_PERIOD_MS or full_at_us > MAX_EXACT then
      error({ err = "CORRUPT rate limit" })
    end
    stored[period_ms] = full_at_us
    position = entry_end + 1
    if position > #value then
      return stored
    end
  end
  error({ err = "CORRUPT rate limit" })
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT limit.peek expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_limits = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 8 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT limit.peek limits: expected a whole number from 0 to 8" }
  end
  if #ARGV ~= 2 + 3 * wrapper_count then
    return { err = "ARGUMENT limit.peek expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_quota = tonumber(ARGV[-1 + 3 * index])
    if not field_quota or field_quota < 1 or field_quota > 1000000000 or field_quota % 1 ~= 0 then
      return { err = "ARGUMENT limit.peek limits.quota: expected a whole number from 1 to 1000000000" }
    end
    local field_period_ms = tonumber(ARGV[3 * index])
    if
      not field_period_ms
      or field_period_ms < 1
      or field_period_ms > 31622400000
      or field_period_ms % 1 ~= 0
    then
      return { err = "ARGUMENT limit.peek limits.period_ms: expected a whole number from 1 to 31622400000" }
    end
    local field_burst = tonumber(ARGV[1 + 3 * index])
    if not field_burst or field_burst < 1 or field_burst > 1000000000 or field_burst % 1 ~= 0 then
      return { err = "ARGUMENT limit.peek limits.burst: expected a whole number from 1 to 1000000000" }
    end
    arg_limits[index] = { quota = field_quota, period_ms = field_period_ms, burst = field_burst }
  end
  wrapper_position = 1 + 3 * wrapper_count
end
local arg_cost = tonumber(ARGV[wrapper_position + 1])
if not arg_cost or arg_cost < 1 or arg_cost > 1000000000 or arg_cost % 1 ~= 0 then
  return { err = "ARGUMENT limit.peek cost: expected a whole number from 1 to 1000000000" }
end

-- From lua/limit/peek.lua:
--- Tells what limit.take would answer, and takes nothing.
do
  local rate_limit, limits, cost = KEYS[1], arg_limits, arg_cost
  if #limits == 0 then
    error({ err = "ARGUMENT limits: at least one" })
  end
  local clock = redis.call("TIME")
  local now_us = clock[1] * 1000000 + clock[2]
  local stored = stored_limits(redis.call("GET", rate_limit))
  local verdict, period_ms, left, wait_us, taken_us = limits_after(limits, stored, cost, now_us)
  if verdict == "too_large" then
    return { verdict, period_ms }
  end
  return { verdict, period_ms, left or false, math.ceil(wait_us / 1000), math.ceil(taken_us / 1000) }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/limit/limits_after.lua": "7-53:25",
  "lua/lib/limit/stored_limits.lua": "57-82:5",
  "lua/limit/peek.lua": "149:38 150-162:38",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- limit.peek 1.0.0. Generated from lua/limit/peek.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/limit/limits_after.lua:
--- Finds what a call would get from rate limits.
local function limits_after(limits, stored, cost, now_us, next_full_us)
  -- The upper bound of the type ms: the longest time until an empty limit is full again.
  local MAX_BURST_MS = 31622400000
  local MAX_UNITS_PER_MS = 10
  local decisive_ms, fewest, longest_us, taken_us, cost_us = 0, 0, 0, 0, 0
  local last_period_ms, is_ahead = 0, false
  -- at most 8 limits
  for index = 1, #limits do
    local limit = limits[index]
    local period_ms = limit.period_ms
    local interval_us = math.max(math.ceil(period_ms * 1000 / limit.quota), 1)
    local burst_us = limit.burst * interval_us
    if period_ms <= last_period_ms then
      error({ err = "ARGUMENT limits: the shortest period comes first, and each period once" })
    end
    if limit.quota > period_ms * MAX_UNITS_PER_MS then
      error({ err = "ARGUMENT limits: a quota has at most 10 units a millisecond" })
    end
    if burst_us > MAX_BURST_MS * 1000 then
      error({ err = "ARGUMENT limits: an empty limit is full again within 366 days" })
    end
    if cost > limit.burst then
      return "too_large", period_ms, 0, 0, 0, 0, false
    end
    local limit_taken_us = (stored[period_ms] or now_us) - now_us
    if limit_taken_us < 0 then
      limit_taken_us = 0
    elseif limit_taken_us > burst_us then
      limit_taken_us, is_ahead = burst_us, true
    end
    local limit_cost_us = cost * interval_us
    -- Below zero if the limit has more units.
    local wait_us = limit_taken_us + limit_cost_us - burst_us
    local left = math.floor((burst_us - limit_taken_us) / interval_us)
    if wait_us > longest_us then
      decisive_ms, fewest, longest_us, taken_us = period_ms, left, wait_us, limit_taken_us
    elseif longest_us == 0 and (index == 1 or left < fewest) then
      decisive_ms, fewest, taken_us, cost_us = period_ms, left, limit_taken_us, limit_cost_us
    end
    if next_full_us then
      next_full_us[index] = now_us + limit_taken_us + limit_cost_us
    end
    last_period_ms = period_ms
  end
  local verdict = longest_us > 0 and "refused" or "allowed"
  return verdict, decisive_ms, fewest, longest_us, taken_us, cost_us, is_ahead
end

-- From lua/lib/limit/stored_limits.lua:
--- Reads the rate limits of a name, which are stored as \`<period_ms>:<full_at_us>;\` each.
local function stored_limits(value)
  local MAX_LIMITS = 8
  -- The upper bound of the type ms.
  local MAX_PERIOD_MS = 31622400000
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  local stored = {}
  if not value then
    return stored
  end
  local position = 1
  -- at most 8 limits
  for _ = 1, MAX_LIMITS do
    local _, entry_end, period, full_at = string.find(value, "^(%d+):(%d+);", position)
    local period_ms, full_at_us = tonumber(period), tonumber(full_at)
    if not entry_end or period_ms < 1 or period_ms > MAX_PERIOD_MS or full_at_us > MAX_EXACT then
      error({ err = "CORRUPT rate limit" })
    end
    stored[period_ms] = full_at_us
    position = entry_end + 1
    if position > #value then
      return stored
    end
  end
  error({ err = "CORRUPT rate limit" })
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV is a flat
-- list in MessagePack: for each call the number of its arguments, and then these.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
wrapper_fits = wrapper_fits and not (wrapper_calls < 1 or wrapper_calls > 100)
local wrapper_end = 0
for _ = 1, wrapper_fits and wrapper_calls or 0 do
  local size = tonumber(wrapper_argv[wrapper_end + 1])
  wrapper_fits = wrapper_fits and size and size >= 0 and size % 1 == 0
  wrapper_end = wrapper_fits and wrapper_end + 1 + size or 0
end
if not wrapper_fits or wrapper_end ~= #wrapper_argv then
  return { err = "ARGUMENT limit.peek expected 1 to 100 calls, each with 1 key and at least 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0
local wrapper_size = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  if wrapper_size < 2 then
    return { err = "ARGUMENT limit.peek expected 1 key and at least 2 arguments" }
  end
  local wrapper_position
  local arg_limits = {}
  do
    local wrapper_count = tonumber(wrapper_argv[wrapper_arguments + 1])
    if not wrapper_count or wrapper_count < 0 or wrapper_count > 8 or wrapper_count % 1 ~= 0 then
      return { err = "ARGUMENT limit.peek limits: expected a whole number from 0 to 8" }
    end
    if wrapper_size ~= 2 + 3 * wrapper_count then
      return { err = "ARGUMENT limit.peek expected as many arguments as its lists say" }
    end
    for index = 1, wrapper_count do
      local field_quota = tonumber(wrapper_argv[wrapper_arguments + -1 + 3 * index])
      if not field_quota or field_quota < 1 or field_quota > 1000000000 or field_quota % 1 ~= 0 then
        return { err = "ARGUMENT limit.peek limits.quota: expected a whole number from 1 to 1000000000" }
      end
      local field_period_ms = tonumber(wrapper_argv[wrapper_arguments + 3 * index])
      if
        not field_period_ms
        or field_period_ms < 1
        or field_period_ms > 31622400000
        or field_period_ms % 1 ~= 0
      then
        return { err = "ARGUMENT limit.peek limits.period_ms: expected a whole number from 1 to 31622400000" }
      end
      local field_burst = tonumber(wrapper_argv[wrapper_arguments + 1 + 3 * index])
      if not field_burst or field_burst < 1 or field_burst > 1000000000 or field_burst % 1 ~= 0 then
        return { err = "ARGUMENT limit.peek limits.burst: expected a whole number from 1 to 1000000000" }
      end
      arg_limits[index] = { quota = field_quota, period_ms = field_period_ms, burst = field_burst }
    end
    wrapper_position = 1 + 3 * wrapper_count
  end
  local arg_cost = tonumber(wrapper_argv[wrapper_arguments + wrapper_position + 1])
  if not arg_cost or arg_cost < 1 or arg_cost > 1000000000 or arg_cost % 1 ~= 0 then
    return { err = "ARGUMENT limit.peek cost: expected a whole number from 1 to 1000000000" }
  end

  -- From lua/limit/peek.lua:
  --- Tells what limit.take would answer, and takes nothing.
  do
    local rate_limit, limits, cost = KEYS[wrapper_keys + 1], arg_limits, arg_cost
    if #limits == 0 then
      error({ err = "ARGUMENT limits: at least one" })
    end
    local clock = redis.call("TIME")
    local now_us = clock[1] * 1000000 + clock[2]
    local stored = stored_limits(redis.call("GET", rate_limit))
    local verdict, period_ms, left, wait_us, taken_us = limits_after(limits, stored, cost, now_us)
    if verdict == "too_large" then
      return verdict, period_ms
    end
    return verdict, period_ms, left or false, math.ceil(wait_us / 1000), math.ceil(taken_us / 1000)
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
-- all calls as a flat list in MessagePack, 5 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  wrapper_size = tonumber(wrapper_argv[wrapper_arguments + 1])
  wrapper_arguments = wrapper_arguments + 1
  local _, reply_1, reply_2, reply_3, reply_4, reply_5 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_at = wrapper_at + 5
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + wrapper_size
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
