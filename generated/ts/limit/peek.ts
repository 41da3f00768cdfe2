// limit.peek 1.0.0. Generated from lua/limit/peek.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
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
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
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
  peek(args: LimitPeekArgs, options?: CallOptions): Promise<LimitPeekReply>;
}

/** The script `limit.peek`, as a client loads and calls it. */
export const limitPeek: Script<LimitPeekArgs, LimitPeekReply> = {
  name: "limit.peek",
  version: "1.0.0",
  digest: "4d7b711cf00f20e832820189dd4ca739d19018e7",
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
  "lua/limit/peek.lua": {
    120: 34, 121: 34, 122: 35, 123: 36, 124: 37, 125: 38, 126: 39, 127: 40, 128: 41, 129: 42, 130: 43,
    131: 44, 132: 45, 133: 46,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- limit.peek 1.0.0. Generated from lua/limit/peek.lua by moonpath-codegen. DO NOT EDIT.

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
