// lock.acquire 1.1.1. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.acquire`. */
export interface LockAcquireArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /** One holder, not one machine: unique for each attempt to hold the lock. 1 to 256 bytes. */
  readonly owner: string;
  /** How long the lock is held unless renewed. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /** The caller waits for a message on the channel named like the lock, which its release sends. */
  readonly waits?: boolean | undefined;
}

/** Reply of `lock.acquire`: `outcome` says what happened. */
export type LockAcquireReply =
  | {
      /** `acquired` */
      readonly outcome: "acquired";
      /**
       * A fencing token: higher is later. A store that remembers the highest refuses every write
       * that carries a lower one. 1 to 9,007,199,254,740,991.
       */
      readonly fence: number;
    }
  | {
      /** `busy` */
      readonly outcome: "busy";
      /** The owner that has it. 1 to 256 bytes. */
      readonly holder: string;
      /** Its lease ends then. Milliseconds, 1 to 31,622,400,000. */
      readonly retryAfterMs: number;
    };

/** The function of `lock.acquire`. A tenant's `lock` has it. */
export interface LockAcquireOperation {
  /**
   * Takes a lock for a while, or says who holds it and for how long.
   *
   * The fencing token rises with every grant; after a failover, as far as the servers' clocks
   * agree. The store that the lock guards should remember the highest token it has seen and refuse
   * writes with a lower one: then a holder that slept past its lease can do no harm.
   *
   * Outcomes:
   * - `acquired`
   * - `busy`
   *
   * Units: `leaseMs`, `retryAfterMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. An owner that has the lock already gets the same token; its lease grows, and never
   * shrinks; one that comes after the owner's release takes the lock again.
   *
   * Lua source: `lua/lock/acquire.lua`, version 1.1.1.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A free lock is granted.
   * const reply = await acme.lock.acquire({ lock: "lock-1", owner: "alice", leaseMs: 30_000 });
   * // reply: { outcome: "acquired", fence: … }
   * ```
   */
  acquire(args: LockAcquireArgs, options?: CallOptions): Promise<LockAcquireReply>;
}

/** The script `lock.acquire`, as a client loads and calls it. */
export const lockAcquire: Script<LockAcquireArgs, LockAcquireReply> = {
  name: "lock.acquire",
  version: "1.1.1",
  digest: "0baa36728cbafd98d04e64f1f396676e232c14cc",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<lock>}:lock",
    "<namespace>:{<tenant>:<lock>}:lock-fence",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.lock(scope, args.lock),
        keys.lockFence(scope, args.lock),
      ],
      args: [
        argument.owner.encode("owner", args.owner),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.waits.encode("waits", args.waits),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "acquired":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
        };
      case "busy":
        return {
          outcome,
          holder: field.holder.decode("holder", fields[2]),
          retryAfterMs: field.retryAfterMs.decode("retryAfterMs", fields[3]),
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
  owner: types.id,
  leaseMs: types.ms,
  waits: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["acquired", "busy"]),
  fence: types.fence,
  holder: types.id,
  retryAfterMs: types.ms,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/next_number.lua": {
    21: 9, 22: 10, 23: 11, 24: 12, 25: 13,
  },
  "lua/lib/now_ms.lua": {
    29: 4, 30: 5, 31: 6, 32: 7,
  },
  "lua/lib/stored_integer.lua": {
    36: 4, 39: 13, 40: 14, 41: 15, 42: 16, 43: 17, 44: 18, 45: 19, 46: 20, 47: 21, 48: 22,
  },
  "lua/lock/acquire.lua": {
    52: 7, 55: 50, 56: 51, 57: 52, 58: 53, 59: 54, 61: 56, 62: 57, 63: 58, 64: 59, 65: 60, 66: 61, 67: 62,
    68: 63, 69: 64, 70: 65, 71: 66, 72: 67, 73: 68, 74: 69, 76: 71, 77: 72, 78: 73, 79: 74, 80: 75, 81: 76,
    82: 77,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- lock.acquire 1.1.1. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/next_number.lua:
--- A number above every earlier one: for fencing tokens and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lock/acquire.lua:
-- A day after Redis's clock has passed a token, tokens that come from the clock alone are higher.
local FENCE_KEPT_MS = 86400000

--- Takes a lock for a while, or says who holds it and for how long.
local function acquire(lock, last_fence, owner, lease_ms, waits)
  local held = redis.call("HMGET", lock, "owner", "fence")
  local holder = held[1]
  local fence = stored_integer(held[2], "fence")
  local last = stored_integer(redis.call("GET", last_fence), "lock-fence")

  if holder then
    local left_ms = redis.call("PTTL", lock)
    if left_ms < 0 or not fence then
      corrupt("lock without a lease or a fence")
    end
    if holder ~= owner then
      if waits then
        redis.call("HSET", lock, "waited", "yes")
      end
      return "busy", nil, holder, math.max(left_ms, 1)
    end
    redis.call("PEXPIRE", lock, lease_ms, "GT")
    return "acquired", fence
  end

  local new_fence = next_number(last)
  redis.call("HSET", lock, "owner", owner, "fence", new_fence)
  redis.call("PEXPIRE", lock, lease_ms)
  local ahead_ms = math.max(math.floor(new_fence / 1000) - now_ms(), 0)
  redis.call("SET", last_fence, new_fence, "PX", ahead_ms + FENCE_KEPT_MS)
  return "acquired", new_fence
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT lock.acquire " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_read_flag(argument, text)
  if text ~= "1" and text ~= "0" then
    wrapper_refuse(argument, "1 or 0")
  end
  return text == "1"
end

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 2 or #ARGV ~= 3 then
  return redis.error_reply("ARGUMENT lock.acquire expected 2 keys and 3 arguments")
end
local arg_owner = wrapper_read_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[2], 1, 31622400000)
local arg_waits = wrapper_read_optional(ARGV[3], function(text)
  return wrapper_read_flag("waits", text)
end)
local reply_outcome, reply_fence, reply_holder, reply_retry_after_ms =
  acquire(KEYS[1], KEYS[2], arg_owner, arg_lease_ms, arg_waits)
return {
  reply_outcome,
  wrapper_encode_optional(reply_fence),
  wrapper_encode_optional(reply_holder),
  wrapper_encode_optional(reply_retry_after_ms),
}
`;
