// expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.cancel`. */
export interface ExpiryCancelArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Names one thing: a product, a warehouse, an owner. Safe as a part of a key. 1 to 256 bytes. */
  readonly item: string;
}

/** Reply of `expiry.cancel`: `outcome` says what happened. */
export type ExpiryCancelReply =
  | {
      /**
       * - `cancelled`
       * - `claimed`: a worker has it while its lease runs.
       * - `missing`: it is not tracked.
       */
      readonly outcome: "cancelled" | "claimed" | "missing";
    };

/** The function of `expiry.cancel`. A tenant's `expiry` has it. */
export interface ExpiryCancelOperation {
  /**
   * Stops tracking an item that no worker has.
   *
   * Outcomes:
   * - `cancelled`
   * - `claimed`: a worker has it while its lease runs.
   * - `missing`: it is not tracked.
   *
   * Cost: O(log N), N the tracked items.
   *
   * Retry: safe. A second run finds nothing to cancel; one that comes after another call undoes
   * that one.
   *
   * Lua source: `lua/expiry/cancel.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A tracked item is cancelled.
   * const reply = await acme.expiry.cancel({ queue: "queue-1", item: "offer-1" });
   * // reply: { outcome: "cancelled" }
   * ```
   */
  cancel(args: ExpiryCancelArgs, options?: CallOptions): Promise<ExpiryCancelReply>;
}

/** The script `expiry.cancel`, as a client loads and calls it. */
export const expiryCancel: Script<ExpiryCancelArgs, ExpiryCancelReply> = {
  name: "expiry.cancel",
  version: "1.0.0",
  digest: "1f79a8c875964eb0a6d02385d6fcb93b63beefff",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
        keys.attempts(scope, args.queue),
      ],
      args: [argument.item.encode("item", args.item)],
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
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["cancelled", "claimed", "missing"]),
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
  "lua/expiry/cancel.lua": {
    51: 36, 52: 37, 53: 38, 54: 39, 55: 40, 56: 41, 58: 43, 59: 44, 60: 45, 61: 46, 62: 47, 63: 48, 64: 49,
    65: 50, 66: 51,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/cancel.lua:
--- Stops tracking an item that no worker has.
local function cancel(due, processing, attempts, item)
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  -- Asked for its type alone: a wrong one has to show before the first write.
  redis.call("HLEN", attempts)
  if not tracked and not abandoned then
    return "missing"
  end
  redis.call("ZREM", due, item)
  redis.call("ZREM", processing, item)
  redis.call("HDEL", attempts, item)
  return "cancelled"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.cancel " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT expiry.cancel expected 3 keys and 1 argument")
end
local arg_item = wrapper_read_text("item", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local reply_outcome = cancel(KEYS[1], KEYS[2], KEYS[3], arg_item)
return { reply_outcome }
`;
