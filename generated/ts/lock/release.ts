// lock.release 1.0.1. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.release`. */
export interface LockReleaseArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly lock: string;
  /** As acquired. 1 to 256 bytes. */
  readonly owner: string;
  /** As acquired. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
}

/** Reply of `lock.release`: `outcome` says what happened. */
export type LockReleaseReply =
  | {
      /**
       * - `released`
       * - `lost`: the caller no longer held it.
       */
      readonly outcome: "released" | "lost";
    };

/** The function of `lock.release`. A tenant's `lock` has it. */
export interface LockReleaseOperation {
  /**
   * Lets go of a lock, if the caller still holds it, and wakes who waits for it.
   *
   * Outcomes:
   * - `released`
   * - `lost`: the caller no longer held it.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run finds the lock gone, or with another holder, and changes nothing.
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
   * // The holder lets go.
   * const reply = await acme.lock.release({ lock: "lock-1", owner: "alice", fence: 7 });
   * // reply: { outcome: "released" }
   * ```
   */
  release(args: LockReleaseArgs, options?: CallOptions): Promise<LockReleaseReply>;
}

/** The script `lock.release`, as a client loads and calls it. */
export const lockRelease: Script<LockReleaseArgs, LockReleaseReply> = {
  name: "lock.release",
  version: "1.0.1",
  digest: "eea293cef597743630d461155370146c182fbf17",
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
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/stored_integer.lua": {
    21: 4, 24: 13, 25: 14, 26: 15, 27: 16, 28: 17, 29: 18, 30: 19, 31: 20, 32: 21, 33: 22,
  },
  "lua/lock/release.lua": {
    37: 29, 38: 30, 39: 31, 40: 32, 41: 33, 42: 34, 43: 35, 44: 36, 45: 37, 46: 38, 47: 39,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- lock.release 1.0.1. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lock/release.lua:
--- Lets go of a lock, if the caller still holds it, and wakes who waits for it.
local function release(lock, owner, fence)
  local held = redis.call("HMGET", lock, "owner", "fence", "waited")
  if held[1] ~= owner or stored_integer(held[2], "fence") ~= fence then
    return "lost"
  end
  if held[3] then
    redis.call("PUBLISH", lock, "released")
  end
  redis.call("DEL", lock)
  return "released"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT lock.release " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 1 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT lock.release expected 1 key and 2 arguments")
end
local arg_owner = wrapper_read_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_fence = wrapper_read_integer("fence", ARGV[2], 1, 9007199254740991)
local reply_outcome = release(KEYS[1], arg_owner, arg_fence)
return { reply_outcome }
`;
