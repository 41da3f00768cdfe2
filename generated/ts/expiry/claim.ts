// expiry.claim 2.0.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.claim`. */
export interface ExpiryClaimArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /** The maximum number of items. Items, 1 to 250. */
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
    }
  | {
      /** `ended`: a claim of this name was made before, and its lease has ended. */
      readonly outcome: "ended";
    };

/** The function of `expiry.claim`. A tenant's `expiry` has it. */
export interface ExpiryClaimOperation {
  /**
   * Claims due items for a worker, until its lease ends.
   *
   * Items whose lease has ended come first. All items come in the order of the instant at which
   * they were due, or at which the lease of their last worker ended. An item that a worker does not
   * acknowledge before its lease ends is claimed again, with one more attempt.
   *
   * Redis remembers the name of the claim, so the same call never claims twice.
   *
   * Outcomes:
   * - `claimed`: the worker has the items.
   * - `idle`: nothing is due.
   * - `ended`: a claim of this name was made before, and its lease has ended.
   *
   * Units: `limit` in items; `leaseMs`, `waitMs` in milliseconds; `leaseEndsMs`, `nextDueMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(limit * log N), N the tracked items.
   *
   * Retry: safe. Within 10 minutes after the lease, the same claim takes no other items: it returns
   * those that it still holds, or "ended", or "idle" again.
   *
   * Lua source: `lua/expiry/claim.lua`, version 2.0.0.
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
  version: "2.0.0",
  digest: "86b153c5f6b62e3d639e62a591bb60311ec63d00",
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
      case "ended":
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
  limit: types.itemLimit,
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["claimed", "idle", "ended"]),
  items: listType(types.claimedItem, 1000),
  leaseEndsMs: types.epochMs,
  nextDueMs: optional(types.epochMs),
  waitMs: optional(types.waitMs),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/stored_integer.lua": {
    14: 9, 16: 11, 17: 12, 18: 13, 19: 14, 20: 15, 21: 16, 22: 17, 23: 18, 24: 19, 25: 20,
  },
  "lua/expiry/claim.lua": {
    29: 5, 32: 8, 33: 9, 34: 10, 35: 11, 36: 12, 38: 14, 40: 16, 42: 18, 43: 19, 44: 20, 45: 21, 46: 22,
    47: 23, 48: 24, 49: 25, 50: 26, 53: 29, 54: 30, 55: 31, 56: 32, 57: 33, 58: 34, 59: 35, 60: 36, 61: 37,
    62: 38, 63: 39, 80: 101, 81: 101, 82: 101, 83: 102, 84: 103, 86: 105, 87: 106, 88: 107, 89: 108,
    90: 109, 91: 110, 92: 111, 93: 112, 94: 112, 95: 112, 96: 112, 97: 112, 98: 112, 99: 112, 100: 112,
    101: 112, 102: 113, 104: 115, 105: 115, 106: 116, 107: 117, 109: 119, 110: 120, 111: 121, 112: 122,
    113: 123, 115: 125, 116: 126, 117: 127, 118: 128, 121: 131, 122: 132, 123: 133, 124: 134, 126: 136,
    127: 137, 128: 138, 129: 139, 130: 140, 131: 141, 132: 142, 133: 143, 134: 144, 135: 145, 136: 146,
    137: 147, 138: 148, 139: 149, 141: 151, 142: 152, 144: 154, 145: 155, 147: 157, 148: 158, 149: 159,
    151: 161, 152: 162, 153: 163, 154: 164,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.claim 2.0.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

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

-- From lua/expiry/claim.lua:
-- 10 minutes: the time within which a late copy of a call must change nothing.
local HORIZON_MS = 600000

--- Lists the items that a claim still holds: their lease ends with that of the claim.
local function still_held(processing, attempts, claim, lease_ends)
  local items = {}
  if #claim == 0 then
    return items
  end
  -- at most 251 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  -- at most 251 values
  local counts = redis.call("HMGET", attempts, unpack(claim))
  -- at most 251 values
  for position, item in ipairs(claim) do
    if position > 1 and tonumber(leases[position]) == lease_ends then
      local count = stored_integer(counts[position], "attempts") or 1
      items[#items + 1] = item
      items[#items + 1] = math.max(count, 1)
    end
  end
  return items
end

--- Reads when the next item is due or the next lease ends, and how long that is from now.
local function next_due(due, processing, now)
  local first_due = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
  local first_claimed = redis.call("ZRANGE", processing, "0", "0", "WITHSCORES")
  local due_ms = stored_integer(first_due[2] or false, "due")
  local lease_ends_ms = stored_integer(first_claimed[2] or false, "processing")
  if due_ms and lease_ends_ms then
    due_ms = math.min(due_ms, lease_ends_ms)
  end
  local next_ms = due_ms or lease_ends_ms
  return next_ms, next_ms and math.max(next_ms - now, 0)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.claim expected 4 keys and 2 arguments" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 250 then
  return { err = "ARGUMENT expiry.claim limit: expected a whole number from 1 to 250" }
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
  local now_text = string.format("%d", now)
  -- The end of the lease, then at most 250 items.
  local known = redis.call("LRANGE", claim_key, "0", "250")
  local known_end = stored_integer(known[1] or false, "end of a claim's lease")
  if known_end and known_end >= now then
    return { "claimed", still_held(processing, attempts, known, known_end) or false, known_end }
  elseif known_end and known_end > 0 then
    return "ended"
  elseif known_end then
    local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
      "idle", nil, nil, next_due(due, processing, now)
    return {
      reply_outcome,
      reply_items or false,
      reply_lease_ends_ms or false,
      reply_next_due_ms or false,
      reply_wait_ms or false,
    }
  end

  local names =
    redis.call("ZRANGE", processing, "-inf", "(" .. now_text, "BYSCORE", "LIMIT", "0", limit_digits)
  local abandoned = #names
  local ready = redis.call("ZRANGE", due, "-inf", now_text, "BYSCORE", "LIMIT", "0", limit - abandoned)
  -- at most 250 items
  for _, name in ipairs(ready) do
    names[#names + 1] = name
  end
  if #names == 0 then
    local next_ms, wait_ms = next_due(due, processing, now)
    -- A late copy of this call must claim nothing, because nobody waits for its items.
    redis.call("RPUSH", claim_key, "0")
    redis.call("PEXPIRE", claim_key, HORIZON_MS)
    return { "idle", false, false, next_ms or false, wait_ms }
  end

  -- at most 250 items
  local counts = redis.call("HMGET", attempts, unpack(names))
  local lease_ends = now + lease_ms
  local ends_text = string.format("%d", lease_ends)
  local items, leases, raised = {}, {}, {}
  -- at most 250 items
  for position, name in ipairs(names) do
    local before = stored_integer(counts[position], "attempts") or 0
    if position <= abandoned then
      before = math.max(before, 1)
    end
    items[2 * position - 1] = name
    items[2 * position] = before + 1
    leases[2 * position - 1] = ends_text
    leases[2 * position] = name
    if before > 0 then
      raised[#raised + 1] = name
      raised[#raised + 1] = string.format("%d", before + 1)
    end
  end
  -- at most 500 values
  redis.call("ZADD", processing, unpack(leases))
  if #raised > 0 then
    -- at most 500 values
    redis.call("HSET", attempts, unpack(raised))
  end
  -- at most 250 items
  redis.call("RPUSH", claim_key, ends_text, unpack(names))
  redis.call("PEXPIREAT", claim_key, lease_ends + HORIZON_MS)
  if #ready > 0 then
    -- at most 250 items
    redis.call("ZREM", due, unpack(ready))
  end
  return { "claimed", items or false, lease_ends }
end
`;
