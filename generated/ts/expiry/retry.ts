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
   * The script ignores an item that the claim does not hold. At most 1,000 elements; each 1 to 256
   * bytes.
   */
  readonly items: readonly string[];
  /** From now until the items are due again. Milliseconds, 1 to 31,622,400,000. */
  readonly delayMs: number;
  /** The worker did not try the items: this claim is not an attempt. */
  readonly untried?: boolean | undefined;
}

/** Reply of `expiry.retry`: `outcome` says what happened. */
export type ExpiryRetryReply =
  | {
      /**
       * - `returned`: the items are due again after the delay.
       * - `lost`: the lease has ended, and nothing is changed.
       */
      readonly outcome: "returned" | "lost";
    };

/** The function of `expiry.retry`. A tenant's `expiry` has it. */
export interface ExpiryRetryOperation {
  /**
   * Makes items that a worker could not process due again after a delay.
   *
   * The claim counts as an attempt, unless the worker did not try the items.
   *
   * Outcomes:
   * - `returned`: the items are due again after the delay.
   * - `lost`: the lease has ended, and nothing is changed.
   *
   * Units: `delayMs` in milliseconds.
   *
   * Cost: O(I log N), I the given items, N the tracked items.
   *
   * Retry: safe. In a second run the claim no longer holds the items; it is "returned" again until
   * the lease ends.
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
  digest: "d7e1948c38b9c0c1b051cb7e3d225c980520eb8a",
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
  "lua/lib/expiry/wake_worker.lua": {
    81: 8, 82: 9, 83: 10, 84: 11, 85: 12, 86: 13, 87: 14,
  },
  "lua/expiry/retry.lua": {
    131: 51, 132: 51, 133: 51, 134: 52, 135: 53, 136: 54, 138: 56, 139: 57, 141: 59, 142: 60, 143: 61,
    144: 62, 146: 64, 148: 66, 149: 67, 150: 68, 151: 69, 152: 70, 153: 71, 154: 72, 155: 73, 157: 75,
    158: 76, 159: 77, 160: 78, 161: 79, 163: 81, 164: 82, 165: 83, 166: 84, 167: 85,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.retry 2.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/expiry/wake_worker.lua:
--- Wakes the workers of a queue if an item will be due before all others, because they may be
--- waiting longer.
local function wake_worker(due, due_ms)
  local earliest_due = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
  local earliest_ms = tonumber(earliest_due[2])
  if not earliest_ms or due_ms < earliest_ms then
    redis.call("PUBLISH", due, "earlier")
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV < 3 then
  return { err = "ARGUMENT expiry.retry expected 4 keys and at least 3 arguments" }
end
local wrapper_position
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.retry items: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 3 + wrapper_count then
    return { err = "ARGUMENT expiry.retry expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.retry items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.retry items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_delay_ms = tonumber(ARGV[wrapper_position + 1])
if not arg_delay_ms or arg_delay_ms < 1 or arg_delay_ms > 31622400000 or arg_delay_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.retry delay_ms: expected a whole number from 1 to 31622400000" }
end
local arg_untried = ARGV[wrapper_position + 2]
if arg_untried == "" then
  arg_untried = nil
else
  if arg_untried ~= "1" and arg_untried ~= "0" then
    return { err = "ARGUMENT expiry.retry untried: expected 1 or 0" }
  end
  arg_untried = arg_untried == "1"
end

-- From lua/expiry/retry.lua:
--- Makes items that a worker could not process due again after a delay.
do
  local due, processing, attempts, claim_key, items, delay_ms, untried =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items, arg_delay_ms, arg_untried
  if not claim_lease(claim_key) then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  redis.call("ZCARD", processing)

  local due_ms = now_ms() + delay_ms
  local held = held_items(claim_key, items)
  local lowered = {}
  if untried and #held > 0 then
    -- at most 1000 items
    local counts = redis.call("HMGET", attempts, unpack(held))
    -- at most 1000 items
    for position, item in ipairs(held) do
      local before = stored_integer(counts[position], "attempts") or 1
      lowered[position] = { item = item, attempts = math.max(before - 1, 0) }
    end
  end
  if #held > 0 then
    wake_worker(due, due_ms)
  end
  -- at most 1000 items
  for _, item in ipairs(held) do
    redis.call("ZADD", due, due_ms, item)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", claim_key, item)
  end
  -- at most 1000 items
  for _, item in ipairs(lowered) do
    redis.call("HSET", attempts, item.item, item.attempts)
  end
  return "returned"
end
`;
