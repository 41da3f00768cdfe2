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
  /** The maximum number of items. Things, 1 to 1,000. */
  readonly limit: number;
  /** How long the worker has the items. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `expiry.claim`: `outcome` says what happened. */
export type ExpiryClaimReply =
  | {
      /** `claimed`: the worker has the items. */
      readonly outcome: "claimed";
      /** The claimed items. At most 1,000 elements. */
      readonly items: readonly types.ClaimedItem[];
      /**
       * When the worker loses them unless it acknowledges or renews. Milliseconds since 1970-01-01
       * UTC, 0 to 8,640,000,000,000,000.
       */
      readonly leaseEndsMs: number;
    }
  | {
      /** `idle`: nothing is due. */
      readonly outcome: "idle";
      /**
       * The earliest instant at which an item is due or a lease ends. Milliseconds since 1970-01-01
       * UTC, 0 to 8,640,000,000,000,000. It may be absent.
       */
      readonly nextDueMs: number | undefined;
      /**
       * From now until nextDueMs, by Redis's clock. Milliseconds, 0 to 8,640,000,000,000,000. It
       * may be absent.
       */
      readonly waitMs: number | undefined;
    };

/** The function of `expiry.claim`. A tenant's `expiry` has it. */
export interface ExpiryClaimOperation {
  /**
   * Claims due items for a worker, until its lease ends.
   *
   * Items come in the order of the instant at which they were due, or at which the lease of their
   * last worker ended. An item that a worker does not acknowledge before its lease ends is claimed
   * again, with one more attempt.
   *
   * Outcomes:
   * - `claimed`: the worker has the items.
   * - `idle`: nothing is due.
   *
   * Units: `limit` in things; `leaseMs`, `waitMs` in milliseconds; `leaseEndsMs`, `nextDueMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(limit * log N), N the tracked items.
   *
   * Retry: safe. A claim whose lease has not ended returns the items that it still holds.
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
   * // Due items are claimed, the earliest first.
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
  digest: "c545dd0506050f18004f26f21b8122ea327b1a34",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/stored_integer.lua": {
    25: 4, 29: 14, 30: 15, 31: 16, 32: 17, 33: 18, 34: 19, 35: 20, 36: 21, 37: 22, 38: 23,
  },
  "lua/lib/expiry/claimed_items.lua": {
    42: 10, 43: 11, 44: 12, 46: 14, 47: 15, 48: 16, 49: 17, 50: 18, 51: 19,
  },
  "lua/lib/expiry/merge_by_score.lua": {
    56: 8, 57: 9, 58: 10, 60: 12, 61: 13, 62: 14, 63: 15, 64: 16, 65: 17, 66: 18, 67: 19, 68: 20, 69: 21,
    70: 22, 71: 23,
  },
  "lua/lib/now_ms.lua": {
    75: 4, 76: 5, 77: 6, 78: 7,
  },
  "lua/expiry/claim.lua": {
    83: 9, 85: 11, 102: 61, 103: 61, 104: 61, 105: 62, 107: 64, 108: 65, 109: 66, 110: 67, 111: 68, 114: 71,
    115: 72, 116: 73, 117: 73, 118: 73, 119: 73, 120: 73, 121: 73, 122: 73, 123: 73, 124: 73, 125: 73,
    126: 73, 127: 73, 128: 73, 129: 73, 130: 73, 131: 73, 132: 73, 133: 73, 134: 74, 135: 75, 136: 75,
    137: 75, 138: 75, 139: 75, 140: 75, 141: 75, 142: 75, 143: 75, 144: 75, 145: 75, 146: 75, 147: 75,
    148: 75, 149: 75, 150: 75, 151: 75, 152: 75, 153: 76, 155: 78, 156: 79, 157: 80, 158: 81, 159: 82,
    160: 83, 161: 84, 162: 85, 163: 86, 164: 87, 165: 88, 166: 89, 167: 90, 168: 91, 169: 92, 170: 93,
    172: 95, 173: 96, 175: 98, 176: 99, 177: 100, 178: 101, 179: 102, 180: 103, 181: 104, 182: 105,
    183: 106, 184: 106, 185: 106, 186: 106, 187: 106, 188: 106, 189: 106, 190: 106, 191: 106, 192: 106,
    193: 106, 194: 106, 195: 106, 196: 106, 197: 106, 198: 106, 199: 106, 200: 106, 201: 107,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.claim 1.1.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/expiry/claimed_items.lua:
--- Pairs claimed items with the number of their claims.
local function claimed_items(attempts, names, added)
  local items = {}
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 1000 items
  for position, name in ipairs(names) do
    local count = stored_integer(counts[position], "attempts") or 0
    items[position] = { item = name, attempts = math.max(count + added, 1) }
  end
  return items
end

-- From lua/lib/expiry/merge_by_score.lua:
--- Merges two lists of members and scores, as Redis returned them, into the names with the lowest
--- scores.
local function merge_by_score(first, second, limit)
  local names = {}
  local first_index, second_index = 1, 1
  -- at most 1000 items
  for position = 1, math.min(limit, (#first + #second) / 2) do
    local first_score, second_score = tonumber(first[first_index + 1]), tonumber(second[second_index + 1])
    if first_score and (not second_score or first_score <= second_score) then
      names[position] = first[first_index]
      first_index = first_index + 2
    else
      names[position] = second[second_index]
      second_index = second_index + 2
    end
  end
  return names
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/expiry/claim.lua:
-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE = ""
-- The upper bound of the type limit.
local MAX_ITEMS = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.claim expected 4 keys and 2 arguments" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 1000 then
  return { err = "ARGUMENT expiry.claim limit: expected a whole number from 1 to 1000" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.claim lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Claims due items for a worker, until its lease ends.
do
  local due, processing, attempts, claim_key, limit, lease_ms, limit_digits =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_limit, arg_lease_ms, arg_limit_digits
  local now = now_ms()

  local held_until = stored_integer(redis.call("ZSCORE", claim_key, LEASE), "end of a claim's lease")
  if redis.call("ZCARD", claim_key) > MAX_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  if held_until then
    -- The same call was sent before. The member of the lease comes last, because its score is an
    -- instant and the scores of items are positions.
    local names = redis.call("ZRANGE", claim_key, "0", "-2")
    if #names == 0 then
      local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
        "claimed", {}, held_until
      local wrapper_reply_items = false
      if reply_items then
        wrapper_reply_items = {}
        for index = 1, #reply_items do
          local row = reply_items[index]
          wrapper_reply_items[2 * index - 1] = row.item
          wrapper_reply_items[2 * index] = row.attempts
        end
      end
      return {
        reply_outcome,
        wrapper_reply_items,
        reply_lease_ends_ms or false,
        reply_next_due_ms or false,
        reply_wait_ms or false,
      }
    end
    local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
      "claimed", claimed_items(attempts, names, 0), held_until
    local wrapper_reply_items = false
    if reply_items then
      wrapper_reply_items = {}
      for index = 1, #reply_items do
        local row = reply_items[index]
        wrapper_reply_items[2 * index - 1] = row.item
        wrapper_reply_items[2 * index] = row.attempts
      end
    end
    return {
      reply_outcome,
      wrapper_reply_items,
      reply_lease_ends_ms or false,
      reply_next_due_ms or false,
      reply_wait_ms or false,
    }
  end

  local before_now = "(" .. string.format("%.0f", now)
  local abandoned =
    redis.call("ZRANGE", processing, "-inf", before_now, "BYSCORE", "LIMIT", "0", limit_digits, "WITHSCORES")
  local ready = redis.call("ZRANGE", due, "-inf", now, "BYSCORE", "LIMIT", "0", limit_digits, "WITHSCORES")
  local names = merge_by_score(abandoned, ready, limit)
  if #names == 0 then
    local first_due = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
    local first_claimed = redis.call("ZRANGE", processing, "0", "0", "WITHSCORES")
    local due_ms = stored_integer(first_due[2] or false, "due")
    local lease_ends_ms = stored_integer(first_claimed[2] or false, "processing")
    if due_ms and lease_ends_ms then
      due_ms = math.min(due_ms, lease_ends_ms)
    end
    local next_ms = due_ms or lease_ends_ms
    return { "idle", false, false, next_ms or false, next_ms and math.max(next_ms - now, 0) }
  end

  local items = claimed_items(attempts, names, 1)
  local lease_ends = now + lease_ms
  -- at most 1000 items
  for position, claimed in ipairs(items) do
    redis.call("ZADD", processing, lease_ends, claimed.item)
    redis.call("HSET", attempts, claimed.item, claimed.attempts)
    redis.call("ZADD", claim_key, position, claimed.item)
  end
  redis.call("ZREM", due, unpack(names))
  redis.call("ZADD", claim_key, lease_ends, LEASE)
  redis.call("PEXPIREAT", claim_key, lease_ends)
  local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
    "claimed", items, lease_ends
  local wrapper_reply_items = false
  if reply_items then
    wrapper_reply_items = {}
    for index = 1, #reply_items do
      local row = reply_items[index]
      wrapper_reply_items[2 * index - 1] = row.item
      wrapper_reply_items[2 * index] = row.attempts
    end
  end
  return {
    reply_outcome,
    wrapper_reply_items,
    reply_lease_ends_ms or false,
    reply_next_due_ms or false,
    reply_wait_ms or false,
  }
end
`;
