// expiry.claim 1.1.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.claim`. */
export interface ExpiryClaimArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /** How many things one call may take or return. Things, 1 to 1,000. */
  readonly limit: number;
  /** How long the worker has the items. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `expiry.claim`: `outcome` says what happened. */
export type ExpiryClaimReply =
  | {
      /** `claimed` */
      readonly outcome: "claimed";
      /** An item that a worker has claimed. At most 1,000 elements. */
      readonly items: readonly types.ClaimedItem[];
      /**
       * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000.
       */
      readonly leaseEndsMs: number;
    }
  | {
      /** `idle`: nothing is due. */
      readonly outcome: "idle";
      /**
       * The earliest instant at which an item is due or a lease is over. Milliseconds since
       * 1970-01-01 UTC, 0 to 8,640,000,000,000,000. It may be absent.
       */
      readonly nextDueMs: number | undefined;
      /**
       * From now until nextDueMs, whatever the caller's clock says. Milliseconds, 0 to
       * 8,640,000,000,000,000. It may be absent.
       */
      readonly waitMs: number | undefined;
    };

/** The function of `expiry.claim`. A tenant's `expiry` has it. */
export interface ExpiryClaimOperation {
  /**
   * Hands due items to a worker, which has them until its lease ends.
   *
   * The earliest come first, by the instant at which they were due or their worker's lease was
   * over. Nothing is lost with a worker: what it does not acknowledge within its lease is handed
   * out again, with one more attempt.
   *
   * Outcomes:
   * - `claimed`
   * - `idle`: nothing is due.
   *
   * Units: `limit` in things; `leaseMs`, `waitMs` in milliseconds; `leaseEndsMs`, `nextDueMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(limit * log N), N the tracked items.
   *
   * Retry: safe. A claim whose lease runs is given the items that it still holds.
   *
   * Lua source: `lua/expiry/claim.lua`, version 1.1.0.
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
   * // Due items are handed out, the earliest first.
   * const reply = await acme.expiry.claim({
   *   queue: "queue-1",
   *   claim: "run-1",
   *   limit: 10,
   *   leaseMs: 30_000,
   * });
   * // reply: {
   * //   outcome: "claimed",
   * //   items: [{ item: "offer-2", attempts: 1 }, { item: "offer-1", attempts: 1 }],
   * //   leaseEndsMs: …,
   * // }
   * ```
   */
  claim(args: ExpiryClaimArgs, options?: CallOptions): Promise<ExpiryClaimReply>;
}

/** The script `expiry.claim`, as a client loads and calls it. */
export const expiryClaim: Script<ExpiryClaimArgs, ExpiryClaimReply> = {
  name: "expiry.claim",
  version: "1.1.0",
  digest: "c5e5bf1ec93ff3544b8c98bdbea18bcfbd1f8aab",
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
        argument.limit.encode("limit", args.limit),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "claimed":
        return {
          outcome,
          items: field.items.decode("items", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
        };
      case "idle":
        return {
          outcome,
          nextDueMs: field.nextDueMs.decode("nextDueMs", fields[3]),
          waitMs: field.waitMs.decode("waitMs", fields[4]),
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
  limit: types.limit,
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["claimed", "idle"]),
  items: listType(types.claimedItem, 1000),
  leaseEndsMs: types.epochMs,
  nextDueMs: optional(types.epochMs),
  waitMs: optional(types.waitMs),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/stored_integer.lua": {
    21: 4, 24: 13, 25: 14, 26: 15, 27: 16, 28: 17, 29: 18, 30: 19, 31: 20, 32: 21, 33: 22,
  },
  "lua/lib/claimed_items.lua": {
    37: 9, 38: 10, 39: 11, 41: 13, 42: 14, 43: 15, 44: 16, 45: 17, 46: 18,
  },
  "lua/lib/earliest.lua": {
    50: 7, 51: 8, 52: 9, 54: 11, 55: 12, 56: 13, 57: 14, 58: 15, 59: 16, 60: 17, 61: 18, 62: 19, 63: 20,
    64: 21, 65: 22,
  },
  "lua/lib/now_ms.lua": {
    69: 4, 70: 5, 71: 6, 72: 7,
  },
  "lua/expiry/claim.lua": {
    76: 8, 77: 9, 80: 56, 81: 57, 83: 59, 84: 60, 85: 61, 86: 62, 87: 63, 89: 65, 90: 66, 91: 67, 92: 68,
    93: 69, 94: 70, 96: 72, 97: 73, 98: 74, 99: 75, 100: 76, 101: 77, 102: 78, 103: 79, 104: 80, 105: 81,
    106: 82, 107: 83, 108: 84, 109: 85, 110: 86, 111: 87, 113: 89, 114: 90, 116: 92, 117: 93, 118: 94,
    119: 95, 120: 96, 121: 97, 122: 98, 123: 99, 124: 100, 125: 101,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.claim 1.1.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/claimed_items.lua:
--- Pairs claimed items with how often each has been claimed.
local function claimed_items(attempts, names, more)
  local items = {}
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 1000 items
  for position, name in ipairs(names) do
    local count = stored_integer(counts[position], "attempts") or 0
    items[position] = { item = name, attempts = math.max(count + more, 1) }
  end
  return items
end

-- From lua/lib/earliest.lua:
--- The first of two lists together, each of them members and scores as Redis gave them, the lowest score first.
local function earliest(one, other, limit)
  local names = {}
  local at, other_at = 1, 1
  -- at most 1000 items
  for position = 1, math.min(limit, (#one + #other) / 2) do
    local score, other_score = tonumber(one[at + 1]), tonumber(other[other_at + 1])
    if score and (not other_score or score <= other_score) then
      names[position] = one[at]
      at = at + 2
    else
      names[position] = other[other_at]
      other_at = other_at + 2
    end
  end
  return names
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/expiry/claim.lua:
-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE = ""
local MOST_ITEMS = 1000

--- Hands due items to a worker, which has them until its lease ends.
local function claim(due, processing, attempts, held, limit, lease_ms)
  local now = now_ms()

  local held_until = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
  if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  if held_until then
    -- Sent again. The lease's own member comes last: its score is an instant, the items' scores are positions.
    local names = redis.call("ZRANGE", held, 0, -2)
    if #names == 0 then
      return "claimed", {}, held_until
    end
    return "claimed", claimed_items(attempts, names, 0), held_until
  end

  local before_now = "(" .. string.format("%.0f", now)
  local left =
    redis.call("ZRANGE", processing, "-inf", before_now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local ready = redis.call("ZRANGE", due, "-inf", now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local names = earliest(left, ready, limit)
  if #names == 0 then
    local next_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
    local next_lease = redis.call("ZRANGE", processing, 0, 0, "WITHSCORES")
    local due_ms = stored_integer(next_due[2] or false, "due")
    local lease_ends_ms = stored_integer(next_lease[2] or false, "processing")
    if due_ms and lease_ends_ms then
      due_ms = math.min(due_ms, lease_ends_ms)
    end
    local next_ms = due_ms or lease_ends_ms
    return "idle", nil, nil, next_ms, next_ms and math.max(next_ms - now, 0)
  end

  local items = claimed_items(attempts, names, 1)
  local lease_ends = now + lease_ms
  -- at most 1000 items
  for position, claimed in ipairs(items) do
    redis.call("ZADD", processing, lease_ends, claimed.item)
    redis.call("HSET", attempts, claimed.item, claimed.attempts)
    redis.call("ZADD", held, position, claimed.item)
  end
  redis.call("ZREM", due, unpack(names))
  redis.call("ZADD", held, lease_ends, LEASE)
  redis.call("PEXPIREAT", held, lease_ends)
  return "claimed", items, lease_ends
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.claim " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_records(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      rows[index][position] = record[field]
    end
  end
  return rows
end

if #KEYS ~= 4 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT expiry.claim expected 4 keys and 2 arguments")
end
local arg_limit = wrapper_read_integer("limit", ARGV[1], 1, 1000)
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[2], 1, 31622400000)
local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
  claim(KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_limit, arg_lease_ms)
return {
  reply_outcome,
  wrapper_encode_records(reply_items, { "item", "attempts" }),
  wrapper_encode_optional(reply_lease_ends_ms),
  wrapper_encode_optional(reply_next_due_ms),
  wrapper_encode_optional(reply_wait_ms),
}
`;
