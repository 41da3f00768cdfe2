// idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.complete`. */
export interface IdempotencyCompleteArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** As begun. 1 to 256 bytes. */
  readonly owner: string;
  /** As begun. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /** Given back to every later begin. 0 to 1,048,576 bytes. */
  readonly reply: string;
  /** How long the reply is kept. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `idempotency.complete`: `outcome` says what happened. */
export type IdempotencyCompleteReply =
  | {
      /**
       * - `completed`
       * - `lost`: the record is gone, or another runner has taken over.
       */
      readonly outcome: "completed" | "lost";
    };

/** The function of `idempotency.complete`. A tenant's `idempotency` has it. */
export interface IdempotencyCompleteOperation {
  /**
   * Records a request's reply, for everybody who asks again.
   *
   * A runner whose lease is over may still record it, as long as nobody has taken over.
   *
   * Outcomes:
   * - `completed`
   * - `lost`: the record is gone, or another runner has taken over.
   *
   * Units: `rememberMs` in milliseconds.
   *
   * Cost: O(1), and the reply's length.
   *
   * Retry: safe. A second run finds the reply of the same fence and keeps it.
   *
   * Lua source: `lua/idempotency/complete.lua`, version 1.0.0.
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
   * // A reply is recorded.
   * const reply = await acme.idempotency.complete({
   *   request: "request-1",
   *   owner: "worker-1",
   *   fence: 7,
   *   reply: "it is done",
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "completed" }
   * ```
   */
  complete(args: IdempotencyCompleteArgs, options?: CallOptions): Promise<IdempotencyCompleteReply>;
}

/** The script `idempotency.complete`, as a client loads and calls it. */
export const idempotencyComplete: Script<IdempotencyCompleteArgs, IdempotencyCompleteReply> = {
  name: "idempotency.complete",
  version: "1.0.0",
  digest: "c3a0dd879c146a2678856cfafc2d8a153eeaa67c",
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
        argument.reply.encode("reply", args.reply),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
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
  reply: types.payload,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["completed", "lost"]),
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
  "lua/idempotency/complete.lua": {
    37: 32, 38: 33, 39: 34, 40: 35, 41: 36, 42: 37, 43: 38, 44: 39, 45: 40, 46: 41, 47: 42, 48: 43, 49: 44,
    50: 45, 51: 46, 52: 47, 53: 48,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/idempotency/complete.lua:
--- Records a request's reply, for everybody who asks again.
local function complete(request, owner, fence, reply, remember_ms)
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, runner = stored[1], stored[2]
  if runner ~= owner or stored_integer(stored[3], "fence") ~= fence then
    return "lost"
  end
  if state == "done" then
    return "completed"
  end
  if state ~= "running" then
    corrupt("state")
  end
  redis.call("HSET", request, "state", "done", "reply", reply)
  redis.call("HDEL", request, "lease_ends")
  redis.call("PEXPIRE", request, remember_ms)
  return "completed"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT idempotency.complete " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 1 or #ARGV ~= 4 then
  return redis.error_reply("ARGUMENT idempotency.complete expected 1 key and 4 arguments")
end
local arg_owner = wrapper_read_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_fence = wrapper_read_integer("fence", ARGV[2], 1, 9007199254740991)
local arg_reply = wrapper_read_text("reply", ARGV[3], 0, 1048576)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[4], 1000, 31622400000)
local reply_outcome = complete(KEYS[1], arg_owner, arg_fence, arg_reply, arg_remember_ms)
return { reply_outcome }
`;
