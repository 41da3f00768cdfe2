// expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.renew`. */
export interface ExpiryRenewArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /** How long the worker has its items from now on. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `expiry.renew`: `outcome` says what happened. */
export type ExpiryRenewReply =
  | {
      /** `renewed` */
      readonly outcome: "renewed";
      /**
       * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000.
       */
      readonly leaseEndsMs: number;
    }
  | {
      /** `lost`: the lease is over. */
      readonly outcome: "lost";
    };

/** The function of `expiry.renew`. A tenant's `expiry` has it. */
export interface ExpiryRenewOperation {
  /**
   * Gives a worker's claim a new lease, from now on; one that runs longer already stays.
   *
   * Outcomes:
   * - `renewed`
   * - `lost`: the lease is over.
   *
   * Units: `leaseMs` in milliseconds; `leaseEndsMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(I log N), I the items of the claim, at most 1000, N the claimed items.
   *
   * Retry: safe. A second run, however late, shortens no lease.
   *
   * Lua source: `lua/expiry/renew.lua`, version 1.0.0.
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
   * // A worker gets more time.
   * const reply = await acme.expiry.renew({
   *   queue: "queue-1",
   *   claim: "run-1",
   *   leaseMs: 8_000_000_000,
   * });
   * // reply: { outcome: "renewed", leaseEndsMs: … }
   * ```
   */
  renew(args: ExpiryRenewArgs, options?: CallOptions): Promise<ExpiryRenewReply>;
}

/** The script `expiry.renew`, as a client loads and calls it. */
export const expiryRenew: Script<ExpiryRenewArgs, ExpiryRenewReply> = {
  name: "expiry.renew",
  version: "1.0.0",
  digest: "e5a452c34c0455cad53dc7489ebdc42d01190625",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.queue),
        keys.claim(scope, args.queue, args.claim),
      ],
      args: [argument.leaseMs.encode("leaseMs", args.leaseMs)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "renewed":
        return {
          outcome,
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[1]),
        };
      case "lost":
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
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["renewed", "lost"]),
  leaseEndsMs: types.epochMs,
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
  "lua/expiry/renew.lua": {
    57: 6, 58: 7, 61: 36, 62: 37, 63: 38, 64: 39, 65: 40, 66: 41, 67: 42, 68: 43, 70: 45, 72: 47, 74: 49,
    75: 50, 76: 51, 77: 52, 78: 53, 79: 54, 80: 55,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/renew.lua:
-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE_MEMBER = ""
local MOST_ITEMS = 1000

--- Gives a worker's claim a new lease, from now on; one that runs longer already stays.
local function renew(processing, held, lease_ms)
  local runs_until = claim_lease(held)
  if not runs_until then
    return "lost"
  end
  if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  -- Asked for its type alone: a wrong one has to show before the first write.
  redis.call("ZCARD", processing)

  local lease_ends = math.max(runs_until, now_ms() + lease_ms)
  -- at most 1001 items, the lease's own member included
  for _, item in ipairs(redis.call("ZRANGE", held, 0, -1)) do
    redis.call("ZADD", processing, "XX", lease_ends, item)
  end
  redis.call("ZADD", held, lease_ends, LEASE_MEMBER)
  redis.call("PEXPIREAT", held, lease_ends)
  return "renewed", lease_ends
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.renew " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 2 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT expiry.renew expected 2 keys and 1 argument")
end
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[1], 1, 31622400000)
local reply_outcome, reply_lease_ends_ms = renew(KEYS[1], KEYS[2], arg_lease_ms)
return { reply_outcome, wrapper_encode_optional(reply_lease_ends_ms) }
`;
