// lock.release 1.0.1. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.release`. */
export interface LockReleaseArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /** As given to acquire. 1 to 256 bytes. */
  readonly owner: string;
  /** As acquire returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
}

/** Reply of `lock.release`: `outcome` says what happened. */
export type LockReleaseReply =
  | {
      /**
       * - `released`: the lock is free.
       * - `lost`: the caller does not hold the lock any more.
       */
      readonly outcome: "released" | "lost";
    };

/** The function of `lock.release`. A tenant's `scripts.lock` has it. */
export interface LockReleaseOperation {
  /**
   * Releases a lock if the caller still holds it, and wakes the callers that wait for it.
   *
   * Outcomes:
   * - `released`: the lock is free.
   * - `lost`: the caller does not hold the lock any more.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run finds no lock, or another holder, and changes nothing.
   *
   * Lua source: `lua/lock/release.lua`, version 1.0.1.
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
   * // The holder releases the lock.
   * const reply = await acme.scripts.lock.release({ lock: "lock-1", owner: "alice", fence: 7 });
   * // reply: { outcome: "released" }
   * ```
   */
  release(args: LockReleaseArgs, options?: CallOptions): Promise<LockReleaseReply>;
}

/** The script `lock.release`, as a client loads and calls it. */
export const lockRelease: Script<LockReleaseArgs, LockReleaseReply> = {
  name: "lock.release",
  version: "1.0.1",
  digest: "7b86d5af974c5f19fb2cbfbeb680b227c95f72da",
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
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["released", "lost"]),
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
  "lua/lock/release.lua": {
    58: 30, 59: 30, 60: 31, 61: 32, 62: 33, 63: 34, 64: 35, 65: 36, 66: 37, 67: 38, 68: 39, 69: 40,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- lock.release 1.0.1. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT lock.release expected 1 key and 2 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT lock.release owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT lock.release owner: expected no control characters and no braces" }
end
local arg_fence = tonumber(ARGV[2])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT lock.release fence: expected a whole number from 1 to 9007199254740991" }
end

-- From lua/lock/release.lua:
--- Releases a lock if the caller still holds it, and wakes the callers that wait for it.
do
  local lock, owner, fence = KEYS[1], arg_owner, arg_fence
  local stored = redis.call("HMGET", lock, "owner", "fence", "waited")
  if stored[1] ~= owner or stored_integer(stored[2], "fence") ~= fence then
    return "lost"
  end
  if stored[3] then
    redis.call("PUBLISH", lock, "released")
  end
  redis.call("DEL", lock)
  return "released"
end
`;
