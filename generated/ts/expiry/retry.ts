// expiry.retry 3.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.
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
   * The script ignores an item that the claim does not hold. At most 250 elements; each 1 to 256
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
   * Cost: O(I log N), I the items of the claim, N the tracked items.
   *
   * Retry: safe. In a second run the claim no longer holds the items; it is "returned" again until
   * the lease ends, and "lost" after that.
   *
   * Lua source: `lua/expiry/retry.lua`, version 3.0.0.
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
   * // An item is due again in a minute, and the claim was an attempt.
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
  version: "3.0.0",
  digest: "8f1e771a0950ab155fc0a32a811c3949f5f4e451",
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
  items: listType(types.id, 250),
  delayMs: types.ms,
  untried: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["returned", "lost"]),
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
  "lua/lib/expiry/held_items.lua": {
    42: 14, 44: 16, 45: 17, 46: 18, 47: 19, 48: 20, 49: 21, 50: 22, 51: 23, 53: 25, 55: 27, 56: 28, 57: 29,
    59: 31, 60: 32, 62: 34, 63: 35, 64: 36, 65: 37, 66: 38, 67: 39, 68: 40, 69: 41, 70: 42,
  },
  "lua/lib/expiry/is_earliest.lua": {
    75: 10, 76: 11, 77: 12, 78: 13, 79: 14,
  },
  "lua/lib/expiry/keep_items.lua": {
    83: 5, 84: 6, 85: 7, 87: 9, 88: 10, 89: 11,
  },
  "lua/lib/now_ms.lua": {
    93: 4, 94: 5, 95: 6, 96: 7,
  },
  "lua/expiry/retry.lua": {
    140: 53, 141: 53, 142: 53, 143: 54, 144: 55, 145: 56, 146: 57, 147: 58, 148: 59, 149: 60, 151: 62,
    152: 63, 153: 64, 154: 65, 157: 68, 158: 69, 159: 70, 161: 72, 162: 73, 163: 74, 164: 75, 165: 76,
    166: 77, 167: 78, 168: 79, 169: 80, 170: 81, 172: 83, 173: 84, 174: 85, 175: 86, 176: 87, 178: 89,
    179: 90, 180: 91, 182: 93, 183: 94, 184: 95,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.retry 3.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/expiry/held_items.lua:
--- Selects those of the given items that a claim holds.
local function held_items(claim_key, processing, items, now)
  -- The end of the lease, then at most 250 items.
  local claim = redis.call("LRANGE", claim_key, "0", "250")
  if #claim == 0 then
    return nil, {}
  end
  local lease_ends = stored_integer(claim[1] or false, "end of a claim's lease")
  if not lease_ends or lease_ends < now then
    return nil, {}
  end

  local is_given = {}
  -- at most 250 items
  for _, item in ipairs(items) do
    is_given[item] = true
  end
  -- at most 251 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local held, others = {}, {}
  -- at most 251 values
  for position, item in ipairs(claim) do
    if position > 1 and not is_given[item] then
      others[#others + 1] = item
    elseif position > 1 and tonumber(leases[position]) == lease_ends then
      held[#held + 1] = item
    end
  end
  return held, others
end

-- From lua/lib/expiry/is_earliest.lua:
--- Tells whether an item will be due before all others and before all leases end. Then workers must
--- be woken, because they may be waiting longer.
local function is_earliest(due, processing, due_ms)
  local until_ms = string.format("%d", due_ms)
  return redis.call("ZCOUNT", due, "-inf", until_ms) == 0
    and redis.call("ZCOUNT", processing, "-inf", until_ms) == 0
end

-- From lua/lib/expiry/keep_items.lua:
--- Removes all items from a claim except those that it keeps. The end of its lease stays.
local function keep_items(claim_key, others)
  redis.call("LTRIM", claim_key, "0", "0")
  if #others > 0 then
    -- at most 250 items
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
if #KEYS ~= 4 or #ARGV < 3 then
  return { err = "ARGUMENT expiry.retry expected 4 keys and at least 3 arguments" }
end
local wrapper_position
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 250 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.retry items: expected a whole number from 0 to 250" }
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
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  local due_ms = now + delay_ms
  local wakes = is_earliest(due, processing, due_ms)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  if #held == 0 then
    return "returned"
  end

  -- at most 250 items
  local counts = redis.call("HMGET", attempts, unpack(held))
  local due_text = string.format("%d", due_ms)
  local instants, changed = {}, {}
  -- at most 250 items
  for position, item in ipairs(held) do
    local stored = stored_integer(counts[position], "attempts") or 0
    local count = math.max(stored, 1) - (untried and 1 or 0)
    if count ~= stored then
      changed[#changed + 1] = item
      changed[#changed + 1] = string.format("%d", count)
    end
    instants[2 * position - 1] = due_text
    instants[2 * position] = item
  end
  -- at most 500 values
  redis.call("ZADD", due, unpack(instants))
  if wakes then
    redis.call("PUBLISH", due, "earlier")
  end
  if #changed > 0 then
    -- at most 500 values
    redis.call("HSET", attempts, unpack(changed))
  end
  keep_items(claim_key, others)
  -- at most 250 items
  redis.call("ZREM", processing, unpack(held))
  return "returned"
end
`;
