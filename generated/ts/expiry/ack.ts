// expiry.ack 1.0.0. Generated from lua/expiry/ack.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.ack`. */
export interface ExpiryAckArgs {
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
}

/** Reply of `expiry.ack`: `outcome` says what happened. */
export type ExpiryAckReply =
  | {
      /**
       * - `acked`: no worker gets the items again.
       * - `lost`: the lease has ended, and nothing is changed.
       */
      readonly outcome: "acked" | "lost";
    };

/** The function of `expiry.ack`. A tenant's `scripts.expiry` has it. */
export interface ExpiryAckOperation {
  /**
   * Acknowledges items that a worker has processed: no worker gets them again.
   *
   * If the lease has ended, another worker may have the items, and the script acknowledges none. If
   * these were the last items of the shard, it leaves the index of the slot.
   *
   * Outcomes:
   * - `acked`: no worker gets the items again.
   * - `lost`: the lease has ended, and nothing is changed.
   *
   * Cost: O(I log N), I the items of the claim, N the claimed items.
   *
   * Retry: safe. In a second run the claim no longer holds the items; it is "acked" again until the
   * lease ends, and "lost" after that.
   *
   * Lua source: `lua/expiry/ack.lua`, version 1.0.0.
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
   * // A worker has processed its item.
   * const reply = await acme.scripts.expiry.ack({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   claim: "run-1",
   *   items: ["offer-1"],
   * });
   * // reply: { outcome: "acked" }
   * ```
   */
  ack(args: ExpiryAckArgs, options?: CallOptions): Promise<ExpiryAckReply>;
}

/** The script `expiry.ack`, as a client loads and calls it. */
export const expiryAck: Script<ExpiryAckArgs, ExpiryAckReply> = {
  name: "expiry.ack",
  version: "1.0.0",
  digest: "f275aa625f2687334b968133718e8538629fd56e",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<slot of tenant, queue, queue_shard>}:slot-queue:<queue>",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue, args.queueShard),
        keys.processing(scope, args.queue, args.queueShard),
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.slotQueue(scope, args.queue, args.queueShard),
        keys.claim(scope, args.queue, args.queueShard, args.claim),
      ],
      args: [...argument.items.encode("items", args.items)],
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
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["acked", "lost"]),
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
  "lua/lib/slot_member.lua": {
    69: 6, 70: 7, 71: 8,
  },
  "lua/expiry/ack.lua": {
    100: 64, 101: 64, 102: 64, 103: 65, 104: 66, 105: 67, 106: 68, 108: 70, 110: 72, 112: 74, 113: 75,
    114: 76, 115: 77, 116: 77, 117: 79, 118: 80, 119: 81, 121: 83, 123: 85, 124: 86, 125: 87, 126: 88,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.ack 1.0.0. Generated from lua/expiry/ack.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV < 1 then
  return { err = "ARGUMENT expiry.ack expected 6 keys and at least 1 argument" }
end
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.ack items: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT expiry.ack expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.ack items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.ack items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
end

-- From lua/expiry/ack.lua:
--- Acknowledges items that a worker has processed: no worker gets them again.
do
  local due, processing, attempts, dead, slot_queue, claim_key, items =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_items
  local held, others = held_items(claim_key, processing, items, now_ms())
  if not held then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)

  if #held > 0 then
    -- Otherwise a worker would claim once more, when the lease would have ended.
    if
      redis.call("ZCARD", processing) == #held
      and redis.call("ZCARD", due) == 0
      and redis.call("ZCARD", dead) == 0
    then
      redis.call("ZREM", slot_queue, slot_member(due))
    end
    keep_items(claim_key, others)
    -- at most 100 items
    redis.call("ZREM", processing, unpack(held))
    -- at most 100 items
    redis.call("HDEL", attempts, unpack(held))
  end
  return "acked"
end
`;
