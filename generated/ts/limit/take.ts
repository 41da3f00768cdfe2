// limit.take 1.0.0. Generated from lua/limit/take.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, newOperation, readFields, type Script } from "moonpath/client";
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
      /** `too_large`: cost is above a burst, so no wait helps. */
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
   * The name keeps limits that a call does not name, until they are full again.
   *
   * After a failover to a server whose clock is behind, a limit refuses longer, at most until an
   * empty limit is full again. If the clock is ahead, or the last calls were lost, it allows as
   * many units more.
   *
   * Outcomes:
   * - `allowed`: the units are taken.
   * - `refused`: a limit has too few, and nothing is taken from any.
   * - `too_large`: cost is above a burst, so no wait helps.
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
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
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
  take(args: LimitTakeArgs, options?: CallOptions): Promise<LimitTakeReply>;
}

/** The script `limit.take`, as a client loads and calls it. */
export const limitTake: Script<LimitTakeArgs, LimitTakeReply> = {
  name: "limit.take",
  version: "1.0.0",
  digest: "25cc289d0dfa1b8c203469a123be8421889c92b3",
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

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/limit/limits_after.lua": {
    6: 22, 8: 24, 9: 25, 10: 26, 12: 28, 13: 29, 14: 30, 15: 31, 16: 32, 17: 33, 18: 34, 19: 35, 20: 36,
    21: 37, 22: 38, 23: 39, 24: 40, 25: 41, 26: 42, 27: 43, 28: 44, 29: 45, 30: 46, 31: 47, 33: 49, 34: 50,
    35: 51, 36: 52, 37: 53, 38: 54, 39: 55, 40: 56, 41: 57, 42: 58, 43: 59, 44: 60, 45: 61, 46: 62,
  },
  "lua/lib/limit/stored_limits.lua": {
    50: 5, 51: 6, 53: 8, 55: 10, 56: 11, 57: 12, 58: 13, 59: 14, 60: 15, 62: 17, 63: 18, 64: 19, 65: 20,
    66: 21, 67: 22, 68: 23, 69: 24, 70: 25, 71: 26, 72: 27, 73: 28, 74: 29, 75: 30,
  },
  "lua/limit/take.lua": {
    79: 5, 128: 68, 129: 68, 130: 68, 131: 69, 132: 70, 133: 71, 134: 72, 135: 73, 136: 74, 137: 75,
    138: 76, 139: 77, 140: 78, 141: 79, 142: 80, 144: 82, 146: 84, 147: 85, 148: 86, 149: 87, 150: 88,
    152: 90, 153: 91, 154: 92, 155: 93, 156: 94, 157: 95, 158: 96, 159: 97, 160: 98, 162: 100, 163: 101,
    164: 102, 165: 103, 166: 104, 167: 105, 168: 106, 169: 107, 170: 108, 171: 109, 172: 110, 173: 111,
    174: 111, 175: 111, 176: 111, 177: 111, 178: 111, 179: 111, 180: 111, 181: 112, 182: 113, 183: 114,
    184: 115, 185: 115, 186: 115, 187: 115, 188: 115, 189: 115, 190: 115, 191: 115, 192: 116, 193: 117,
    194: 118, 195: 119,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- limit.take 1.0.0. Generated from lua/limit/take.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/limit/limits_after.lua:
--- Finds what a call would get from rate limits.
local function limits_after(limits, stored, cost, now_us, next_full_us)
  -- The upper bound of the type ms: the longest time until an empty limit is full again.
  local MAX_BURST_MS = 31622400000
  local decisive_ms, fewest, longest_us, taken_us, cost_us = 0, 0, 0, 0, 0
  local last_period_ms = 0
  -- at most 8 limits
  for index = 1, #limits do
    local limit = limits[index]
    local period_ms = limit.period_ms
    local interval_us = math.max(math.ceil(period_ms * 1000 / limit.quota), 1)
    local burst_us = limit.burst * interval_us
    if period_ms <= last_period_ms then
      error({ err = "ARGUMENT limits: the shortest period comes first, and each period once" })
    end
    if burst_us > MAX_BURST_MS * 1000 then
      error({ err = "ARGUMENT limits: an empty limit is full again within 366 days" })
    end
    if cost > limit.burst then
      return "too_large", period_ms, 0, 0, 0, 0
    end
    local limit_taken_us = 0
    local full_at_us = stored[period_ms]
    if full_at_us and full_at_us > now_us then
      limit_taken_us = math.min(full_at_us - now_us, burst_us)
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
  return longest_us > 0 and "refused" or "allowed", decisive_ms, fewest, longest_us, taken_us, cost_us
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
  local verdict, period_ms, left, wait_us, taken_us, cost_us =
    limits_after(limits, stored, cost, now_us, next_full_us)
  if verdict == "too_large" then
    return { verdict, period_ms }
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
    local outcome, remembered_cost = string.match(remembered, "^(%l+) ?(%d*)$")
    local is_readable = outcome == "allowed" or outcome == "refused" or outcome == "reset"
    if is_readable and tonumber(remembered_cost) ~= cost then
      return "mismatch"
    elseif outcome ~= "allowed" and outcome ~= "refused" then
      error({ err = "CORRUPT limit-operation" })
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
  local kept_until_ms = math.ceil(latest_us / 1000)
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
  redis.call("SET", rate_limit, table.concat(entries), "PXAT", string.format("%d", kept_until_ms))
  return { verdict, period_ms or false, left - cost, 0, math.ceil((taken_us + cost_us) / 1000), 0 }
end
`;
