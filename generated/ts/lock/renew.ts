// lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.renew`. */
export interface LockRenewArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /** As given to acquire. 1 to 256 bytes. */
  readonly owner: string;
  /** As acquire returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /** How long the lock is held from now on. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `lock.renew`: `outcome` says what happened. */
export type LockRenewReply =
  | {
      /**
       * - `renewed`: the lease is as long as asked, or longer.
       * - `lost`: the lease has ended, and another owner may hold the lock.
       */
      readonly outcome: "renewed" | "lost";
    };

/** The function of `lock.renew`. A tenant's `scripts.lock` has it. */
export interface LockRenewOperation {
  /**
   * Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
   *
   * Outcomes:
   * - `renewed`: the lease is as long as asked, or longer.
   * - `lost`: the lease has ended, and another owner may hold the lock.
   *
   * Units: `leaseMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run, however late, makes no lease shorter.
   *
   * Lua source: `lua/lock/renew.lua`, version 1.0.0.
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
   * // The holder gets a new lease.
   * const reply = await acme.scripts.lock.renew({
   *   lock: "lock-1",
   *   owner: "alice",
   *   fence: 7,
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "renewed" }
   * ```
   */
  renew(args: LockRenewArgs, options?: CallOptions): Promise<LockRenewReply>;
}

/** The script `lock.renew`, as a client loads and calls it. */
export const lockRenew: Script<LockRenewArgs, LockRenewReply> = {
  name: "lock.renew",
  version: "1.0.0",
  digest: "77268d82b7fa2bbf41332db5f3e891eb19069d1d",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<lock>}:lock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.lock(scope, args.lock)],
      args: [
        argument.owner.encode("owner", args.owner),
        argument.fence.encode("fence", args.fence),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
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
  owner: types.id,
  fence: types.fence,
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["renewed", "lost"]),
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
  "lua/lock/renew.lua": {
    63: 29, 64: 29, 65: 29, 66: 30, 67: 31, 68: 32, 69: 33, 70: 34, 71: 35, 72: 36,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT lock.renew expected 1 key and 3 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT lock.renew owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT lock.renew owner: expected no control characters and no braces" }
end
local arg_fence = tonumber(ARGV[2])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT lock.renew fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_lease_ms_digits = ARGV[3]
local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
if not arg_lease_ms or arg_lease_ms > 31622400000 then
  return { err = "ARGUMENT lock.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/lock/renew.lua:
--- Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
do
  local lock, owner, fence, lease_ms, lease_ms_digits =
    KEYS[1], arg_owner, arg_fence, arg_lease_ms, arg_lease_ms_digits
  local stored = redis.call("HMGET", lock, "owner", "fence")
  if stored[1] ~= owner or stored_integer(stored[2], "fence") ~= fence then
    return "lost"
  end
  redis.call("PEXPIRE", lock, lease_ms_digits, "GT")
  return "renewed"
end
`;
