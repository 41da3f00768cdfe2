// expiry.retry 2.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.retry`. */
export interface ExpiryRetryArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /**
   * As claimed; one that the claim does not hold is passed over. At most 1,000 elements; each 1 to
   * 256 bytes.
   */
  readonly items: readonly string[];
  /** From now until they are due again. Milliseconds, 1 to 31,622,400,000. */
  readonly delayMs: number;
  /** The worker had no time for them: this claim is not counted. */
  readonly untried?: boolean | undefined;
}

/** Reply of `expiry.retry`: `outcome` says what happened. */
export type ExpiryRetryReply =
  | {
      /**
       * - `returned`
       * - `lost`: the lease is over, and nothing is changed.
       */
      readonly outcome: "returned" | "lost";
    };

/** The function of `expiry.retry`. A tenant's `expiry` has it. */
export interface ExpiryRetryOperation {
  /**
   * Gives items back that a worker could not deal with, to be due again after a while.
   *
   * Their attempts stay counted, unless nobody has tried them. A store that was down gets the time
   * to come back.
   *
   * Outcomes:
   * - `returned`
   * - `lost`: the lease is over, and nothing is changed.
   *
   * Units: `delayMs` in milliseconds.
   *
   * Cost: O(I log N), I the items given, N the tracked items.
   *
   * Retry: safe. A second run finds the items gone from the claim, and says "returned" again while
   * the lease runs.
   *
   * Lua source: `lua/expiry/retry.lua`, version 2.0.0.
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
   * // An item is due again in a minute.
   * const reply = await acme.expiry.retry({
   *   queue: "queue-1",
   *   claim: "run-1",
   *   items: ["offer-1"],
   *   delayMs: 60_000,
   * });
   * // reply: { outcome: "returned" }
   * ```
   */
  retry(args: ExpiryRetryArgs, options?: CallOptions): Promise<ExpiryRetryReply>;
}

/** The script `expiry.retry`, as a client loads and calls it. */
export const expiryRetry: Script<ExpiryRetryArgs, ExpiryRetryReply> = {
  name: "expiry.retry",
  version: "2.0.0",
  digest: "e05de18373913b30f753c1f853bfc6bad2592f2f",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
        keys.attempts(scope, args.queue),
        keys.claim(scope, args.queue, args.claim),
      ],
      args: [
        ...argument.items.encode("items", args.items),
        argument.delayMs.encode("delayMs", args.delayMs),
        argument.untried.encode("untried", args.untried),
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
  items: listType(types.id, 1000),
  delayMs: types.ms,
  untried: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["returned", "lost"]),
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
  "lua/lib/claim_lease.lua": {
    44: 5, 47: 11, 48: 12, 49: 13, 50: 14, 51: 15, 52: 16, 53: 17,
  },
  "lua/lib/items_held.lua": {
    57: 6, 58: 7, 59: 8, 60: 9, 61: 10, 62: 11, 64: 13, 65: 14, 66: 15, 67: 16, 68: 17, 69: 18, 70: 19,
  },
  "lua/lib/wake_worker.lua": {
    74: 7, 75: 8, 76: 9, 77: 10, 78: 11, 79: 12, 80: 13,
  },
  "lua/expiry/retry.lua": {
    84: 49, 85: 50, 86: 51, 87: 52, 89: 54, 90: 55, 92: 57, 93: 58, 94: 59, 95: 60, 97: 62, 99: 64, 100: 65,
    101: 66, 102: 67, 103: 68, 104: 69, 105: 70, 106: 71, 108: 73, 109: 74, 110: 75, 111: 76, 112: 77,
    114: 79, 115: 80, 116: 81, 117: 82, 118: 83,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.retry 2.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/claim_lease.lua:
-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE = ""

--- Until when a claim's lease runs.
local function claim_lease(held)
  local lease_ends = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
  if lease_ends and lease_ends >= now_ms() then
    return lease_ends
  end
  return nil
end

-- From lua/lib/items_held.lua:
--- Those of some items that a claim holds.
local function items_held(held, items)
  local mine = {}
  if #items == 0 then
    return mine
  end
  local positions = redis.call("ZMSCORE", held, unpack(items))
  -- at most 1000 items
  for index, item in ipairs(items) do
    if positions[index] then
      mine[#mine + 1] = item
    end
  end
  return mine
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

-- From lua/expiry/retry.lua:
--- Gives items back that a worker could not deal with, to be due again after a while.
local function retry(due, processing, attempts, held, items, delay_ms, untried)
  if not claim_lease(held) then
    return "lost"
  end
  -- Asked for their types alone: a wrong one has to show before the first write.
  redis.call("ZCARD", due)
  redis.call("ZCARD", processing)

  local due_ms = now_ms() + delay_ms
  local mine = items_held(held, items)
  local uncounted = {}
  if untried and #mine > 0 then
    -- at most 1000 items
    local counts = redis.call("HMGET", attempts, unpack(mine))
    -- at most 1000 items
    for position, item in ipairs(mine) do
      local before = stored_integer(counts[position], "attempts") or 1
      uncounted[position] = { item = item, attempts = math.max(before - 1, 0) }
    end
  end
  if #mine > 0 then
    wake_worker(due, due_ms)
  end
  -- at most 1000 items
  for _, item in ipairs(mine) do
    redis.call("ZADD", due, due_ms, item)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", held, item)
  end
  -- at most 1000 items
  for _, one in ipairs(uncounted) do
    redis.call("HSET", attempts, one.item, one.attempts)
  end
  return "returned"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.retry " .. argument .. ": expected " .. expected })
end

local wrapper_position = 0
local function wrapper_next_argument()
  wrapper_position = wrapper_position + 1
  return ARGV[wrapper_position] or ""
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

local function wrapper_read_flag(argument, text)
  if text ~= "1" and text ~= "0" then
    wrapper_refuse(argument, "1 or 0")
  end
  return text == "1"
end

local function wrapper_read_list(argument, read_element)
  local list = {}
  for index = 1, wrapper_read_integer(argument, wrapper_next_argument(), 0, 1000) do
    list[index] = read_element()
  end
  return list
end

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

if #KEYS ~= 4 then
  return redis.error_reply("ARGUMENT expiry.retry expected 4 keys")
end
local arg_items = wrapper_read_list("items", function()
  return wrapper_read_text(
    "items",
    wrapper_next_argument(),
    1,
    256,
    "[%c{}]",
    "no control characters and no braces"
  )
end)
local arg_delay_ms = wrapper_read_integer("delay_ms", wrapper_next_argument(), 1, 31622400000)
local arg_untried = wrapper_read_optional(wrapper_next_argument(), function(text)
  return wrapper_read_flag("untried", text)
end)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT expiry.retry expected as many arguments as its lists say")
end
local reply_outcome = retry(KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items, arg_delay_ms, arg_untried)
return { reply_outcome }
`;
