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
  digest: "6850014c786cee1f2b8c54fbbaddc9a333420702",
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
  "lua/lib/stored_integer.lua": {
    7: 9, 9: 11, 10: 12, 11: 13, 12: 14, 13: 15, 14: 16, 15: 17, 16: 18, 17: 19, 18: 20,
  },
  "lua/lib/expiry/held_items.lua": {
    22: 14, 24: 16, 25: 17, 26: 18, 27: 19, 28: 20, 29: 21, 30: 22, 31: 23, 33: 25, 35: 27, 36: 28, 37: 29,
    39: 31, 40: 32, 42: 34, 43: 35, 44: 36, 45: 37, 46: 38, 47: 39, 48: 40, 49: 41, 50: 42,
  },
  "lua/lib/expiry/is_earliest.lua": {
    55: 10, 56: 11, 57: 12, 58: 13, 59: 14,
  },
  "lua/lib/expiry/keep_items.lua": {
    63: 5, 64: 6, 65: 7, 67: 9, 68: 10, 69: 11,
  },
  "lua/lib/now_ms.lua": {
    73: 4, 74: 5, 75: 6, 76: 7,
  },
  "lua/expiry/retry.lua": {
    120: 53, 121: 53, 122: 53, 123: 54, 124: 55, 125: 56, 126: 57, 127: 58, 128: 59, 129: 60, 131: 62,
    132: 63, 133: 64, 134: 65, 137: 68, 138: 69, 139: 70, 141: 72, 142: 73, 143: 74, 144: 75, 145: 76,
    146: 77, 147: 78, 148: 79, 149: 80, 150: 81, 152: 83, 153: 84, 154: 85, 155: 86, 156: 87, 158: 89,
    159: 90, 160: 91, 162: 93, 163: 94, 164: 95,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.retry 3.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.

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
