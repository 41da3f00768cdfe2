// lock.acquire 1.1.1. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.acquire`. */
export interface LockAcquireArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /**
   * Names one attempt to hold the lock; unique for each attempt, not for each machine. 1 to 256
   * bytes.
   */
  readonly owner: string;
  /** How long the lock is held unless renewed. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /** The caller waits for the message that a release sends on the channel with the lock's name. */
  readonly waits?: boolean | undefined;
}

/** Reply of `lock.acquire`: `outcome` says what happened. */
export type LockAcquireReply =
  | {
      /** `acquired`: the caller holds the lock. */
      readonly outcome: "acquired";
      /** A store refuses a write with a lower one. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
    }
  | {
      /** `busy`: another owner holds the lock. */
      readonly outcome: "busy";
      /** The owner that holds the lock. 1 to 256 bytes. */
      readonly holder: string;
      /** The rest of its lease. Milliseconds, 1 to 31,622,400,000. */
      readonly retryAfterMs: number;
    };

/** The function of `lock.acquire`. A tenant's `scripts.lock` has it. */
export interface LockAcquireOperation {
  /**
   * Acquires a lock for a while, or returns its holder and the rest of its lease.
   *
   * The fence rises with every grant. After a failover, it rises if the clocks of the servers
   * agree. The store that the lock guards should keep the highest fence and refuse a write with a
   * lower one. Then a holder whose lease ended unnoticed cannot overwrite newer data.
   *
   * Outcomes:
   * - `acquired`: the caller holds the lock.
   * - `busy`: another owner holds the lock.
   *
   * Units: `leaseMs`, `retryAfterMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. An owner that holds the lock gets the same fence and no shorter lease; a call that
   * arrives after its release acquires the lock again.
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
   * const reply = await acme.scripts.lock.acquire({
   *   lock: "lock-1",
   *   owner: "alice",
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "acquired", fence: … }
   * ```
   */
  acquire(args: LockAcquireArgs, options?: CallOptions): Promise<LockAcquireReply>;
}

/** The script `lock.acquire`, as a client loads and calls it. */
export const lockAcquire: Script<LockAcquireArgs, LockAcquireReply> = {
  name: "lock.acquire",
  version: "1.1.1",
  digest: "ec81b2c08385a0f0e54d9d62ba2d3a191b1d3d4f",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/next_number.lua": {
    25: 9, 26: 10, 27: 11, 28: 12, 29: 13,
  },
  "lua/lib/now_ms.lua": {
    33: 4, 34: 5, 35: 6, 36: 7,
  },
  "lua/lib/stored_integer.lua": {
    40: 4, 44: 14, 45: 15, 46: 16, 47: 17, 48: 18, 49: 19, 50: 20, 51: 21, 52: 22, 53: 23,
  },
  "lua/lock/acquire.lua": {
    58: 8, 87: 54, 88: 54, 89: 54, 90: 55, 91: 56, 92: 57, 93: 58, 95: 60, 96: 61, 97: 62, 98: 63, 99: 64,
    100: 65, 101: 66, 102: 67, 103: 68, 104: 69, 105: 70, 106: 71, 107: 72, 108: 73, 110: 75, 111: 76,
    112: 77, 113: 78, 114: 79, 115: 80, 116: 81,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- lock.acquire 1.1.1. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/next_number.lua:
--- Returns a number above the last one, for fences and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lock/acquire.lua:
-- The last fence is kept until Redis's clock has passed it, and one day longer. Then a fence that
-- comes from the clock is higher.
local FENCE_KEPT_MS = 86400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT lock.acquire expected 2 keys and 3 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT lock.acquire owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT lock.acquire owner: expected no control characters and no braces" }
end
local arg_lease_ms_digits = ARGV[2]
local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
if not arg_lease_ms or arg_lease_ms > 31622400000 then
  return { err = "ARGUMENT lock.acquire lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_waits = ARGV[3]
if arg_waits == "" then
  arg_waits = nil
else
  if arg_waits ~= "1" and arg_waits ~= "0" then
    return { err = "ARGUMENT lock.acquire waits: expected 1 or 0" }
  end
  arg_waits = arg_waits == "1"
end

--- Acquires a lock for a while, or returns its holder and the rest of its lease.
do
  local lock, lock_fence, owner, lease_ms, waits, lease_ms_digits =
    KEYS[1], KEYS[2], arg_owner, arg_lease_ms, arg_waits, arg_lease_ms_digits
  local stored = redis.call("HMGET", lock, "owner", "fence")
  local holder = stored[1]
  local fence = stored_integer(stored[2], "fence")
  local last_fence = stored_integer(redis.call("GET", lock_fence), "lock-fence")

  if holder then
    local remaining_ms = redis.call("PTTL", lock)
    if remaining_ms < 0 or not fence then
      corrupt("lock without a lease or a fence")
    end
    if holder ~= owner then
      if waits then
        redis.call("HSET", lock, "waited", "yes")
      end
      return { "busy", false, holder or false, math.max(remaining_ms, 1) }
    end
    redis.call("PEXPIRE", lock, lease_ms_digits, "GT")
    return { "acquired", fence }
  end

  local new_fence = next_number(last_fence)
  redis.call("HSET", lock, "owner", owner, "fence", new_fence)
  redis.call("PEXPIRE", lock, lease_ms_digits)
  local ahead_ms = math.max(math.floor(new_fence / 1000) - now_ms(), 0)
  redis.call("SET", lock_fence, new_fence, "PX", ahead_ms + FENCE_KEPT_MS)
  return { "acquired", new_fence }
end
`;
