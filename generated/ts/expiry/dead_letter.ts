// expiry.dead_letter 1.0.0. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.dead_letter`. */
export interface ExpiryDeadLetterArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /**
   * The script ignores an item that the claim does not hold. At most 100 elements; each 1 to 256
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

/** The function of `expiry.dead_letter`. A tenant's `scripts.expiry` has it. */
export interface ExpiryDeadLetterOperation {
  /**
   * Moves items that a worker cannot process to the dead items, and stores the reason. They stay
   * there until they are redriven, discarded, tracked or cancelled.
   *
   * Outcomes:
   * - `dead_lettered`: the items are dead.
   * - `lost`: the lease has ended, and nothing is changed.
   *
   * Cost: O(I log N), I the items of the claim, N the claimed and the dead items.
   *
   * Retry: safe. In a second run the claim no longer holds the items; it is "dead_lettered" again
   * until the lease ends, and "lost" after that.
   *
   * Lua source: `lua/expiry/dead_letter.lua`, version 1.0.0.
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
   * const reply = await acme.scripts.expiry.deadLetter({
   *   queue: "queue-1",
   *   queueShard: "0",
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
  version: "1.0.0",
  digest: "b356b97082136a3c9d144532aa0fe1bd4d3fa8d3",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
        keys.claim(scope, args.queue, args.queueShard, args.claim),
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
  items: listType(types.id, 100),
  reason: types.note,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["dead_lettered", "lost"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": {
    7: 9, 9: 11, 10: 12, 11: 13, 12: 14, 13: 15, 14: 16, 15: 17, 16: 18, 17: 19, 18: 20,
  },
  "lua/lib/expiry/held_items.lua": {
    22: 14, 24: 16, 25: 17, 26: 18, 27: 19, 28: 20, 30: 22, 32: 24, 33: 25, 34: 26, 36: 28, 37: 29, 39: 31,
    40: 32, 41: 33, 42: 34, 43: 35, 44: 36, 45: 37, 46: 38, 47: 39,
  },
  "lua/lib/expiry/keep_items.lua": {
    51: 5, 52: 6, 53: 7, 55: 9, 56: 10, 57: 11,
  },
  "lua/lib/now_ms.lua": {
    61: 4, 62: 5, 63: 6, 64: 7,
  },
  "lua/expiry/dead_letter.lua": {
    100: 41, 101: 41, 102: 41, 103: 42, 104: 43, 105: 44, 106: 45, 107: 46, 109: 48, 110: 49, 111: 50,
    112: 51, 113: 52, 115: 54, 116: 55, 118: 57, 119: 58, 120: 59, 121: 60, 122: 61, 123: 62, 125: 64,
    127: 66, 128: 67, 130: 69, 131: 70, 132: 71,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.dead_letter 1.0.0. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/lib/expiry/held_items.lua:
--- Selects those of the given items that a claim holds.
local function held_items(claim_key, processing, items, now)
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local lease_ends = stored_integer(claim[1] or false, "end of a claim's lease")
  if not lease_ends or lease_ends < now then
    return nil, {}
  end

  local is_given = {}
  -- at most 100 items
  for _, item in ipairs(items) do
    is_given[item] = true
  end
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local held, others = {}, {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    if position > 1 and not is_given[item] then
      others[#others + 1] = item
    elseif position > 1 and tonumber(leases[position]) == lease_ends then
      held[#held + 1] = item
    end
  end
  return held, others
end

-- From lua/lib/expiry/keep_items.lua:
--- Removes all items from a claim except those that it keeps. The end of its lease stays.
local function keep_items(claim_key, others)
  redis.call("LTRIM", claim_key, "0", "0")
  if #others > 0 then
    -- at most 100 items
    redis.call("RPUSH", claim_key, unpack(others))
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV < 2 then
  return { err = "ARGUMENT expiry.dead_letter expected 4 keys and at least 2 arguments" }
end
local wrapper_position
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.dead_letter items: expected a whole number from 0 to 100" }
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
--- there until they are redriven, discarded, tracked or cancelled.
do
  local processing, dead, reasons, claim_key, items, reason =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items, arg_reason
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)
  if #held == 0 then
    return "dead_lettered"
  end

  local dead_since = string.format("%d", now)
  local instants, whys = {}, {}
  -- at most 100 items
  for position, item in ipairs(held) do
    instants[2 * position - 1] = dead_since
    instants[2 * position] = item
    whys[2 * position - 1] = item
    whys[2 * position] = reason
  end
  -- at most 200 values
  redis.call("ZADD", dead, unpack(instants))
  -- at most 200 values
  redis.call("HSET", reasons, unpack(whys))
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  return "dead_lettered"
end
`;
