// idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.fail`. */
export interface IdempotencyFailArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** As begun. 1 to 256 bytes. */
  readonly owner: string;
  /** As begun. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
}

/** Reply of `idempotency.fail`: `outcome` says what happened. */
export type IdempotencyFailReply =
  | {
      /**
       * - `released`
       * - `lost`: it is done, or another runner has taken over.
       */
      readonly outcome: "released" | "lost";
    };

/** The function of `idempotency.fail`. A tenant's `idempotency` has it. */
export interface IdempotencyFailOperation {
  /**
   * Gives a request back unfinished, so that anybody may run it at once.
   *
   * Only for a request that had no effect. What stays is the fence, so that the next one is higher.
   *
   * Outcomes:
   * - `released`
   * - `lost`: it is done, or another runner has taken over.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run finds no owner and changes nothing.
   *
   * Lua source: `lua/idempotency/fail.lua`, version 1.0.0.
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
   * // A runner gives up.
   * const reply = await acme.idempotency.fail({
   *   request: "request-1",
   *   owner: "worker-1",
   *   fence: 7,
   * });
   * // reply: { outcome: "released" }
   * ```
   */
  fail(args: IdempotencyFailArgs, options?: CallOptions): Promise<IdempotencyFailReply>;
}

/** The script `idempotency.fail`, as a client loads and calls it. */
export const idempotencyFail: Script<IdempotencyFailArgs, IdempotencyFailReply> = {
  name: "idempotency.fail",
  version: "1.0.0",
  digest: "25ce82f426d22582c0d8d383dd96e9b3e998c591",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<request>}:request",
  ],
  encode(scope, args) {
    return {
      keys: [keys.request(scope, args.request)],
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
  "lua/idempotency/fail.lua": {
    37: 29, 38: 30, 39: 31, 40: 32, 41: 33, 42: 34, 43: 35, 44: 36, 45: 37,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/idempotency/fail.lua:
--- Gives a request back unfinished, so that anybody may run it at once.
local function fail(request, owner, fence)
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, runner = stored[1], stored[2]
  if runner ~= owner or stored_integer(stored[3], "fence") ~= fence or state ~= "running" then
    return "lost"
  end
  redis.call("HDEL", request, "state", "owner", "fingerprint", "lease_ends")
  return "released"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT idempotency.fail " .. argument .. ": expected " .. expected })
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
  return redis.error_reply("ARGUMENT idempotency.fail expected 1 key and 2 arguments")
end
local arg_owner = wrapper_read_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_fence = wrapper_read_integer("fence", ARGV[2], 1, 9007199254740991)
local reply_outcome = fail(KEYS[1], arg_owner, arg_fence)
return { reply_outcome }
`;
