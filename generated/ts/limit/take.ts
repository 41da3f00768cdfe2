// limit.take 1.0.0. Generated from lua/limit/take.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, newOperation, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `limit.take`. */
export interface LimitTakeArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly name: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** The shortest period first. At most 8 elements. */
  readonly limits: readonly types.RateLimit[];
  /** Taken from each limit. Units of the limit, 1 to 1,000,000,000. */
  readonly cost: number;
  /**
   * How long the outcome of this operation is remembered. Milliseconds, 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `limit.take`: `outcome` says what happened. */
export type LimitTakeReply =
  | {
      /**
       * - `allowed`: the units are taken.
       * - `refused`: a limit has too few, and nothing is taken from any.
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
       * Until the limit has the units of a refused call; 0 if it has them. Milliseconds, 0 to
       * 8,640,000,000,000,000.
       */
      readonly retryAfterMs: number;
      /**
       * Until the whole burst is free, without further calls. Milliseconds, 0 to
       * 8,640,000,000,000,000.
       */
      readonly resetAfterMs: number;
      /** An earlier call had this outcome, and nothing is taken; the numbers are those of now. */
      readonly repeated: boolean;
    }
  | {
      /**
       * `too_large`: cost is above a burst, so no wait helps, and this operation has taken nothing.
       */
      readonly outcome: "too_large";
      /**
       * The limit that decides: the one with the longest wait, else the one with the fewest units
       * left; the other values are its own. Milliseconds, 1 to 31,622,400,000.
       */
      readonly periodMs: number;
    }
  | {
      /** `mismatch`: the operation was sent before with another cost, or to limit.reset. */
      readonly outcome: "mismatch";
    };

/** The function of `limit.take`. A tenant's `scripts.limit` has it. */
export interface LimitTakeOperation {
  /**
   * Takes units from the rate limits of a name, from all of them or from none.
   *
   * A limit is known by its period. If its quota or burst changes, what was taken stays taken, as a
   * part of the period. In any time, a limit gives at most its burst, and its quota for each
   * period.
   *
   * The time of one unit, the period divided by the quota, is rounded up to whole microseconds. So
   * a limit gives up to 1 % less than its quota, and up to 0.1 % less at 1 unit a millisecond or
   * below. A quota above 10 units a millisecond is refused.
   *
   * The name keeps limits that a call does not name, until they are full again.
   *
   * After a failover to a server whose clock is behind, or with a smaller burst, a stored time may
   * be further ahead than that of an empty limit. Then the next call is refused, and the limit
   * counts as empty from this call on. So it refuses longer, at most until an empty limit is full
   * again. If the clock is ahead, or the last calls were lost, it allows as many units more.
   *
   * Outcomes:
   * - `allowed`: the units are taken.
   * - `refused`: a limit has too few, and nothing is taken from any.
   * - `too_large`: cost is above a burst, so no wait helps, and this operation has taken nothing.
   * - `mismatch`: the operation was sent before with another cost, or to limit.reset.
   *
   * Units: `cost`, `remaining` in units of the limit; `rememberMs`, `periodMs`, `retryAfterMs`,
   * `resetAfterMs` in milliseconds.
   *
   * Cost: O(1), at most 8 limits.
   *
   * Retry: safe within `rememberMs`. Because the outcome of the operation is remembered; after
   * that, the same call takes again.
   *
   * Lua source: `lua/limit/take.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first call of a name has the whole burst.
   * const reply = await acme.scripts.limit.take({
   *   name: "name-1",
   *   operation: "o1",
   *   limits: [{ quota: 5, periodMs: 1000, burst: 5 }],
   *   cost: 2,
   *   rememberMs: 60_000,
   * });
   * // reply: {
   * //   outcome: "allowed",
   * //   periodMs: 1000,
   * //   remaining: 3,
   * //   retryAfterMs: 0,
   * //   resetAfterMs: 400,
   * //   repeated: false,
   * // }
   * ```
   */
  readonly take: {
    (args: LimitTakeArgs, options?: CallOptions): Promise<LimitTakeReply>;
    /**
     * Makes many calls of `take` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly LimitTakeArgs[], options?: CallOptions): Promise<ManyResult<LimitTakeReply>[]>;
  };
}

/** The script `limit.take`, as a client loads and calls it. */
export const limitTake: ManyScript<LimitTakeArgs, LimitTakeReply> = {
  name: "limit.take",
  version: "1.0.0",
  digest: "8dc70b743adb4f19ca8d0a1e0141595344da2982",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<name>}:rate-limit",
    "<namespace>:{<tenant>:<name>}:limit-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.rateLimit(scope, args.name),
        keys.limitOperation(scope, args.name, operation),
      ],
      args: [
        ...argument.limits.encode("limits", args.limits),
        argument.cost.encode("cost", args.cost),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
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
          repeated: field.repeated.decode("repeated", fields[5]),
        };
      case "too_large":
        return {
          outcome,
          periodMs: field.periodMs.decode("periodMs", fields[1]),
        };
      case "mismatch":
        return {
          outcome,
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
    width: 6,
    hasArgumentCounts: true,
    digest: "a3542af5315748b48ae4bc9c06fdb096316ed5ec",
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
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["allowed", "refused", "too_large", "mismatch"]),
  periodMs: types.ms,
  remaining: types.unitsLeft,
  retryAfterMs: types.waitMs,
  resetAfterMs: types.waitMs,
  repeated: types.flag,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/limit/limits_after.lua": "6-52:25",
  "lua/lib/limit/stored_limits.lua": "56-81:5",
  "lua/limit/take.lua":
    "85-97:5 146:99 147:99 148-200:99 201:151 202:151 203:151 204:151 205:151 206:151 207-214:151 215:158 " +
    "216:158 217:158 218:158 219:158 220:158 221-224:158",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- limit.take 1.0.0. Generated from lua/limit/take.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/limit/take.lua:
-- The maximum number of limits of one name.
local MAX_LIMITS = 8

--- Returns what the operation was answered before, or \`mismatch\`, from its text.
local function earlier_outcome(text, cost)
  local outcome, earlier_cost = string.match(text, "^(%l+) ?(%d*)$")
  local is_readable = outcome == "allowed" or outcome == "refused" or outcome == "reset"
  if is_readable and tonumber(earlier_cost) ~= cost then
    return "mismatch"
  elseif outcome == "allowed" or outcome == "refused" then
    return outcome
  end
  error({ err = "CORRUPT limit-operation" })
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV < 3 then
  return { err = "ARGUMENT limit.take expected 2 keys and at least 3 arguments" }
end
local wrapper_position
local arg_limits = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 8 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT limit.take limits: expected a whole number from 0 to 8" }
  end
  if #ARGV ~= 3 + 3 * wrapper_count then
    return { err = "ARGUMENT limit.take expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_quota = tonumber(ARGV[-1 + 3 * index])
    if not field_quota or field_quota < 1 or field_quota > 1000000000 or field_quota % 1 ~= 0 then
      return { err = "ARGUMENT limit.take limits.quota: expected a whole number from 1 to 1000000000" }
    end
    local field_period_ms = tonumber(ARGV[3 * index])
    if
      not field_period_ms
      or field_period_ms < 1
      or field_period_ms > 31622400000
      or field_period_ms % 1 ~= 0
    then
      return { err = "ARGUMENT limit.take limits.period_ms: expected a whole number from 1 to 31622400000" }
    end
    local field_burst = tonumber(ARGV[1 + 3 * index])
    if not field_burst or field_burst < 1 or field_burst > 1000000000 or field_burst % 1 ~= 0 then
      return { err = "ARGUMENT limit.take limits.burst: expected a whole number from 1 to 1000000000" }
    end
    arg_limits[index] = { quota = field_quota, period_ms = field_period_ms, burst = field_burst }
  end
  wrapper_position = 1 + 3 * wrapper_count
end
local arg_cost = tonumber(ARGV[wrapper_position + 1])
if not arg_cost or arg_cost < 1 or arg_cost > 1000000000 or arg_cost % 1 ~= 0 then
  return { err = "ARGUMENT limit.take cost: expected a whole number from 1 to 1000000000" }
end
local arg_remember_ms_digits = ARGV[wrapper_position + 2]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT limit.take remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Takes units from the rate limits of a name, from all of them or from none.
do
  local rate_limit, limit_operation, limits, cost, remember_ms, remember_ms_digits =
    KEYS[1], KEYS[2], arg_limits, arg_cost, arg_remember_ms, arg_remember_ms_digits
  if #limits == 0 then
    error({ err = "ARGUMENT limits: at least one" })
  end
  local clock = redis.call("TIME")
  local now_us = clock[1] * 1000000 + clock[2]
  local stored = stored_limits(redis.call("GET", rate_limit))
  local next_full_us = {}
  local verdict, period_ms, left, wait_us, taken_us, cost_us, is_ahead =
    limits_after(limits, stored, cost, now_us, next_full_us)
  if verdict == "too_large" then
    -- The burst may be smaller than when the operation was first sent.
    local remembered = redis.call("GET", limit_operation)
    local outcome = remembered and earlier_outcome(remembered, cost)
    if outcome == "mismatch" then
      return outcome
    elseif outcome ~= "allowed" then
      return { verdict, period_ms }
    end
    local _, decisive_ms, units_left, _, used_us = limits_after(limits, stored, 0, now_us)
    return { outcome, decisive_ms or false, units_left or false, 0, math.ceil(used_us / 1000), 1 }
  elseif is_ahead then
    -- The call is refused, so its cost is not in the times that it stores.
    limits_after(limits, stored, 0, now_us, next_full_us)
  end

  local entries, latest_us = {}, 0
  -- at most 8 limits
  for index = 1, #limits do
    latest_us = math.max(latest_us, next_full_us[index])
    entries[index] = string.format("%d:%d;", limits[index].period_ms, next_full_us[index])
    stored[limits[index].period_ms] = nil
  end
  -- at most 8 limits
  for other_ms, other_us in pairs(stored) do
    if other_us > now_us then
      latest_us = math.max(latest_us, other_us)
      entries[#entries + 1] = string.format("%d:%d;", other_ms, other_us)
    end
  end
  if #entries > MAX_LIMITS then
    error({ err = "ARGUMENT limits: a name has at most 8 limits, those of earlier calls included" })
  end

  local answer = string.format("%s %d", verdict, cost)
  local remembered = redis.call("SET", limit_operation, answer, "NX", "GET", "PX", remember_ms_digits)
  if remembered then
    local outcome = earlier_outcome(remembered, cost)
    if outcome == "mismatch" then
      return outcome
    end
    local retry_after_us = outcome == "refused" and wait_us or 0
    return {
      outcome,
      period_ms or false,
      left or false,
      math.ceil(retry_after_us / 1000),
      math.ceil(taken_us / 1000),
      1,
    }
  end
  if verdict == "allowed" or is_ahead then
    local kept_until = string.format("%d", math.ceil(latest_us / 1000))
    redis.call("SET", rate_limit, table.concat(entries), "PXAT", kept_until)
  end
  if verdict == "refused" then
    return {
      verdict,
      period_ms or false,
      left or false,
      math.ceil(wait_us / 1000),
      math.ceil(taken_us / 1000),
      0,
    }
  end
  return { verdict, period_ms or false, left - cost, 0, math.ceil((taken_us + cost_us) / 1000), 0 }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/limit/limits_after.lua": "7-53:25",
  "lua/lib/limit/stored_limits.lua": "57-82:5",
  "lua/limit/take.lua":
    "86-98:5 170:99 171:99 172:99 173:99 174:99 175:99 176:99 177-229:99 230:151 231:151 232:151 233:151 " +
    "234-241:151 242:158 243:158 244:158 245:158 246-249:158",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- limit.take 1.0.0. Generated from lua/limit/take.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/limit/take.lua:
-- The maximum number of limits of one name.
local MAX_LIMITS = 8

--- Returns what the operation was answered before, or \`mismatch\`, from its text.
local function earlier_outcome(text, cost)
  local outcome, earlier_cost = string.match(text, "^(%l+) ?(%d*)$")
  local is_readable = outcome == "allowed" or outcome == "refused" or outcome == "reset"
  if is_readable and tonumber(earlier_cost) ~= cost then
    return "mismatch"
  elseif outcome == "allowed" or outcome == "refused" then
    return outcome
  end
  error({ err = "CORRUPT limit-operation" })
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV is a flat
-- list in MessagePack: for each call the number of its arguments, and then these.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
wrapper_fits = wrapper_fits and not (wrapper_calls < 1 or wrapper_calls > 100 or wrapper_calls % 1 ~= 0)
local wrapper_end = 0
for _ = 1, wrapper_fits and wrapper_calls or 0 do
  local size = tonumber(wrapper_argv[wrapper_end + 1])
  wrapper_fits = wrapper_fits and size and size >= 0 and size % 1 == 0
  wrapper_end = wrapper_fits and wrapper_end + 1 + size or 0
end
if not wrapper_fits or wrapper_end ~= #wrapper_argv then
  return { err = "ARGUMENT limit.take expected 1 to 100 calls, each with 2 keys and at least 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0
local wrapper_size = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  if wrapper_size < 3 then
    return { err = "ARGUMENT limit.take expected 2 keys and at least 3 arguments" }
  end
  local wrapper_position
  local arg_limits = {}
  do
    local wrapper_count = tonumber(wrapper_argv[wrapper_arguments + 1])
    if not wrapper_count or wrapper_count < 0 or wrapper_count > 8 or wrapper_count % 1 ~= 0 then
      return { err = "ARGUMENT limit.take limits: expected a whole number from 0 to 8" }
    end
    if wrapper_size ~= 3 + 3 * wrapper_count then
      return { err = "ARGUMENT limit.take expected as many arguments as its lists say" }
    end
    for index = 1, wrapper_count do
      local field_quota = tonumber(wrapper_argv[wrapper_arguments + -1 + 3 * index])
      if not field_quota or field_quota < 1 or field_quota > 1000000000 or field_quota % 1 ~= 0 then
        return { err = "ARGUMENT limit.take limits.quota: expected a whole number from 1 to 1000000000" }
      end
      local field_period_ms = tonumber(wrapper_argv[wrapper_arguments + 3 * index])
      if
        not field_period_ms
        or field_period_ms < 1
        or field_period_ms > 31622400000
        or field_period_ms % 1 ~= 0
      then
        return { err = "ARGUMENT limit.take limits.period_ms: expected a whole number from 1 to 31622400000" }
      end
      local field_burst = tonumber(wrapper_argv[wrapper_arguments + 1 + 3 * index])
      if not field_burst or field_burst < 1 or field_burst > 1000000000 or field_burst % 1 ~= 0 then
        return { err = "ARGUMENT limit.take limits.burst: expected a whole number from 1 to 1000000000" }
      end
      arg_limits[index] = { quota = field_quota, period_ms = field_period_ms, burst = field_burst }
    end
    wrapper_position = 1 + 3 * wrapper_count
  end
  local arg_cost = tonumber(wrapper_argv[wrapper_arguments + wrapper_position + 1])
  if not arg_cost or arg_cost < 1 or arg_cost > 1000000000 or arg_cost % 1 ~= 0 then
    return { err = "ARGUMENT limit.take cost: expected a whole number from 1 to 1000000000" }
  end
  local arg_remember_ms_digits = wrapper_argv[wrapper_arguments + wrapper_position + 2]
  local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$")
    and tonumber(arg_remember_ms_digits)
  if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
    return { err = "ARGUMENT limit.take remember_ms: expected a whole number from 1000 to 31622400000" }
  end

  --- Takes units from the rate limits of a name, from all of them or from none.
  do
    local rate_limit, limit_operation, limits, cost, remember_ms, remember_ms_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_limits,
      arg_cost,
      arg_remember_ms,
      arg_remember_ms_digits
    if #limits == 0 then
      error({ err = "ARGUMENT limits: at least one" })
    end
    local clock = redis.call("TIME")
    local now_us = clock[1] * 1000000 + clock[2]
    local stored = stored_limits(redis.call("GET", rate_limit))
    local next_full_us = {}
    local verdict, period_ms, left, wait_us, taken_us, cost_us, is_ahead =
      limits_after(limits, stored, cost, now_us, next_full_us)
    if verdict == "too_large" then
      -- The burst may be smaller than when the operation was first sent.
      local remembered = redis.call("GET", limit_operation)
      local outcome = remembered and earlier_outcome(remembered, cost)
      if outcome == "mismatch" then
        return outcome
      elseif outcome ~= "allowed" then
        return verdict, period_ms
      end
      local _, decisive_ms, units_left, _, used_us = limits_after(limits, stored, 0, now_us)
      return outcome, decisive_ms or false, units_left or false, 0, math.ceil(used_us / 1000), 1
    elseif is_ahead then
      -- The call is refused, so its cost is not in the times that it stores.
      limits_after(limits, stored, 0, now_us, next_full_us)
    end

    local entries, latest_us = {}, 0
    -- at most 8 limits
    for index = 1, #limits do
      latest_us = math.max(latest_us, next_full_us[index])
      entries[index] = string.format("%d:%d;", limits[index].period_ms, next_full_us[index])
      stored[limits[index].period_ms] = nil
    end
    -- at most 8 limits
    for other_ms, other_us in pairs(stored) do
      if other_us > now_us then
        latest_us = math.max(latest_us, other_us)
        entries[#entries + 1] = string.format("%d:%d;", other_ms, other_us)
      end
    end
    if #entries > MAX_LIMITS then
      error({ err = "ARGUMENT limits: a name has at most 8 limits, those of earlier calls included" })
    end

    local answer = string.format("%s %d", verdict, cost)
    local remembered = redis.call("SET", limit_operation, answer, "NX", "GET", "PX", remember_ms_digits)
    if remembered then
      local outcome = earlier_outcome(remembered, cost)
      if outcome == "mismatch" then
        return outcome
      end
      local retry_after_us = outcome == "refused" and wait_us or 0
      return outcome,
        period_ms or false,
        left or false,
        math.ceil(retry_after_us / 1000),
        math.ceil(taken_us / 1000),
        1
    end
    if verdict == "allowed" or is_ahead then
      local kept_until = string.format("%d", math.ceil(latest_us / 1000))
      redis.call("SET", rate_limit, table.concat(entries), "PXAT", kept_until)
    end
    if verdict == "refused" then
      return verdict,
        period_ms or false,
        left or false,
        math.ceil(wait_us / 1000),
        math.ceil(taken_us / 1000),
        0
    end
    return verdict, period_ms or false, left - cost, 0, math.ceil((taken_us + cost_us) / 1000), 0
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
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  wrapper_size = tonumber(wrapper_argv[wrapper_arguments + 1])
  wrapper_arguments = wrapper_arguments + 1
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
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
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + wrapper_size
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
