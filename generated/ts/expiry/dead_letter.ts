// expiry.dead_letter 1.0.1. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.dead_letter`. */
export interface ExpiryDeadLetterArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /**
   * The script ignores an item that the claim does not hold. At most 1,000 elements; each 1 to 256
   * bytes.
   */
  readonly items: readonly string[];
  /** Why the worker cannot process them. 1 to 1,000 bytes. */
  readonly reason: string;
}

/** Reply of `expiry.dead_letter`: `outcome` says what happened. */
export type ExpiryDeadLetterReply =
  | {
      /**
       * - `dead_lettered`: the items are dead.
       * - `lost`: the lease has ended, and nothing is changed.
       */
      readonly outcome: "dead_lettered" | "lost";
    };

/** The function of `expiry.dead_letter`. A tenant's `expiry` has it. */
export interface ExpiryDeadLetterOperation {
  /**
   * Moves items that a worker cannot process to the dead items, and stores the reason. They stay
   * there until they are redriven.
   *
   * Outcomes:
   * - `dead_lettered`: the items are dead.
   * - `lost`: the lease has ended, and nothing is changed.
   *
   * Cost: O(I log N), I the given items, N the claimed and the dead items.
   *
   * Retry: safe. In a second run the claim no longer holds the items; it is "dead_lettered" again
   * until the lease ends.
   *
   * Lua source: `lua/expiry/dead_letter.lua`, version 1.0.1.
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
   * // An item becomes dead.
   * const reply = await acme.expiry.deadLetter({
   *   queue: "queue-1",
   *   claim: "run-1",
   *   items: ["offer-1"],
   *   reason: "no such offer",
   * });
   * // reply: { outcome: "dead_lettered" }
   * ```
   */
  deadLetter(args: ExpiryDeadLetterArgs, options?: CallOptions): Promise<ExpiryDeadLetterReply>;
}

/** The script `expiry.dead_letter`, as a client loads and calls it. */
export const expiryDeadLetter: Script<ExpiryDeadLetterArgs, ExpiryDeadLetterReply> = {
  name: "expiry.dead_letter",
  version: "1.0.1",
  digest: "4e06a1876e92a0ce5cba70b0b175dc4e439c2db4",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:dead",
    "<namespace>:{<tenant>:<queue>}:dead-reason",
    "<namespace>:{<tenant>:<queue>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.queue),
        keys.dead(scope, args.queue),
        keys.deadReason(scope, args.queue),
        keys.claim(scope, args.queue, args.claim),
      ],
      args: [
        ...argument.items.encode("items", args.items),
        argument.reason.encode("reason", args.reason),
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
  reason: types.note,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["dead_lettered", "lost"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/raise.lua": {
    13: 7, 19: 13, 20: 14, 21: 15,
  },
  "lua/lib/corrupt.lua": {
    26: 11, 27: 12, 28: 13,
  },
  "lua/lib/stored_integer.lua": {
    32: 4, 36: 14, 37: 15, 38: 16, 39: 17, 40: 18, 41: 19, 42: 20, 43: 21, 44: 22, 45: 23,
  },
  "lua/lib/expiry/claim_lease.lua": {
    50: 6, 53: 12, 54: 13, 55: 14, 56: 15, 57: 16, 58: 17, 59: 18,
  },
  "lua/lib/expiry/held_items.lua": {
    63: 6, 64: 7, 65: 8, 66: 9, 67: 10, 68: 11, 70: 13, 71: 14, 72: 15, 73: 16, 74: 17, 75: 18, 76: 19,
  },
  "lua/expiry/dead_letter.lua": {
    112: 40, 113: 40, 114: 40, 115: 41, 116: 42, 117: 43, 119: 45, 120: 46, 121: 47, 123: 49, 125: 51,
    126: 52, 127: 53, 128: 54, 129: 55, 130: 56, 131: 57, 132: 58,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.dead_letter 1.0.1. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/expiry/claim_lease.lua:
-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE = ""

--- Returns when a claim's lease ends, if it has not ended yet.
local function claim_lease(claim_key)
  local lease_ends = stored_integer(redis.call("ZSCORE", claim_key, LEASE), "end of a claim's lease")
  if lease_ends and lease_ends >= now_ms() then
    return lease_ends
  end
  return nil
end

-- From lua/lib/expiry/held_items.lua:
--- Selects those of the given items that a claim holds.
local function held_items(claim_key, items)
  local held = {}
  if #items == 0 then
    return held
  end
  local positions = redis.call("ZMSCORE", claim_key, unpack(items))
  -- at most 1000 items
  for index, item in ipairs(items) do
    if positions[index] then
      held[#held + 1] = item
    end
  end
  return held
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV < 2 then
  return { err = "ARGUMENT expiry.dead_letter expected 4 keys and at least 2 arguments" }
end
local wrapper_position
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.dead_letter items: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 2 + wrapper_count then
    return { err = "ARGUMENT expiry.dead_letter expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.dead_letter items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.dead_letter items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_reason = ARGV[wrapper_position + 1]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT expiry.dead_letter reason: expected 1 to 1000 bytes" }
end

-- From lua/expiry/dead_letter.lua:
--- Moves items that a worker cannot process to the dead items, and stores the reason. They stay
--- there until they are redriven.
do
  local processing, dead, reasons, claim_key, items, reason =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items, arg_reason
  if not claim_lease(claim_key) then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", processing)
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)

  local dead_since_ms = now_ms()
  -- at most 1000 items
  for _, item in ipairs(held_items(claim_key, items)) do
    redis.call("ZADD", dead, dead_since_ms, item)
    redis.call("HSET", reasons, item, reason)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", claim_key, item)
  end
  return "dead_lettered"
end
`;
