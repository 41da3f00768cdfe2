// expiry.extend 1.0.1. Generated from lua/expiry/extend.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.extend`. */
export interface ExpiryExtendArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Names one thing: a product, a warehouse, an owner. Safe as a part of a key. 1 to 256 bytes. */
  readonly item: string;
  /**
   * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
   */
  readonly dueMs: number;
}

/** Reply of `expiry.extend`: `outcome` says what happened. */
export type ExpiryExtendReply =
  | {
      /**
       * - `extended`
       * - `claimed`: a worker has it while its lease runs.
       * - `missing`: it is not tracked.
       */
      readonly outcome: "extended" | "claimed" | "missing";
    };

/** The function of `expiry.extend`. A tenant's `expiry` has it. */
export interface ExpiryExtendOperation {
  /**
   * Moves the instant at which a tracked item is due.
   *
   * Outcomes:
   * - `extended`
   * - `claimed`: a worker has it while its lease runs.
   * - `missing`: it is not tracked.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N), N the tracked items.
   *
   * Retry: safe. A second run sets the same instant again; one that comes after another call undoes
   * that one.
   *
   * Lua source: `lua/expiry/extend.lua`, version 1.0.1.
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
   * // A tracked item gets more time.
   * const reply = await acme.expiry.extend({
   *   queue: "queue-1",
   *   item: "offer-1",
   *   dueMs: Date.now() + 90_000,
   * });
   * // reply: { outcome: "extended" }
   * ```
   */
  extend(args: ExpiryExtendArgs, options?: CallOptions): Promise<ExpiryExtendReply>;
}

/** The script `expiry.extend`, as a client loads and calls it. */
export const expiryExtend: Script<ExpiryExtendArgs, ExpiryExtendReply> = {
  name: "expiry.extend",
  version: "1.0.1",
  digest: "43e7fbe692cfe8ffe9cf01c06c631b2e6edfb7bd",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
      ],
      args: [
        argument.item.encode("item", args.item),
        argument.dueMs.encode("dueMs", args.dueMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
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
  item: types.id,
  dueMs: types.epochMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["extended", "claimed", "missing"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/stop.lua": {
    13: 6, 16: 9, 17: 10, 18: 11,
  },
  "lua/lib/corrupt.lua": {
    22: 7, 23: 8, 24: 9,
  },
  "lua/lib/stored_integer.lua": {
    28: 4, 31: 13, 32: 14, 33: 15, 34: 16, 35: 17, 36: 18, 37: 19, 38: 20, 39: 21, 40: 22,
  },
  "lua/lib/is_claimed.lua": {
    44: 9, 45: 10, 46: 11, 47: 12,
  },
  "lua/lib/wake_worker.lua": {
    51: 7, 52: 8, 53: 9, 54: 10, 55: 11, 56: 12, 57: 13,
  },
  "lua/expiry/extend.lua": {
    61: 31, 62: 32, 63: 33, 64: 34, 65: 35, 66: 36, 67: 37, 68: 38, 69: 39, 70: 40, 71: 41, 72: 42, 73: 43,
    74: 44,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.extend 1.0.1. Generated from lua/expiry/extend.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/is_claimed.lua:
--- Whether a worker has an item right now: it was claimed, and its lease runs.
local function is_claimed(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  return lease_ends ~= nil and lease_ends >= now_ms()
end

-- From lua/lib/wake_worker.lua:
--- Wakes the workers of a set if an item is due earlier than all others, so that none sleeps past it.
local function wake_worker(due, due_ms)
  local earliest_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
  local earliest_ms = tonumber(earliest_due[2])
  if not earliest_ms or due_ms < earliest_ms then
    redis.call("PUBLISH", due, "earlier")
  end
end

-- From lua/expiry/extend.lua:
--- Moves the instant at which a tracked item is due.
local function extend(due, processing, item, due_ms)
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  if not tracked and not abandoned then
    return "missing"
  end
  wake_worker(due, due_ms)
  redis.call("ZADD", due, due_ms, item)
  redis.call("ZREM", processing, item)
  return "extended"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.extend " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

if #KEYS ~= 2 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT expiry.extend expected 2 keys and 2 arguments")
end
local arg_item = wrapper_read_text("item", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_due_ms = wrapper_read_integer("due_ms", ARGV[2], 0, 8640000000000000)
local reply_outcome = extend(KEYS[1], KEYS[2], arg_item, arg_due_ms)
return { reply_outcome }
`;
