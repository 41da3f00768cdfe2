// idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.begin`. */
export interface IdempotencyBeginArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** This runner; unique for each attempt. 1 to 256 bytes. */
  readonly owner: string;
  /** A digest of the request's content. 1 to 128 bytes. */
  readonly fingerprint: string;
  /** How long the runner has before another may take over. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `idempotency.begin`: `outcome` says what happened. */
export type IdempotencyBeginReply =
  | {
      /** `run` */
      readonly outcome: "run";
      /** Write it with the effect, in the same transaction. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
    }
  | {
      /** `replay` */
      readonly outcome: "replay";
      /** As given to complete. 0 to 1,048,576 bytes. */
      readonly reply: string;
    }
  | {
      /** `busy` */
      readonly outcome: "busy";
      /** The runner's lease ends then. Milliseconds, 1 to 31,622,400,000. */
      readonly retryAfterMs: number;
    }
  | {
      /** `mismatch`: the same name with another fingerprint. */
      readonly outcome: "mismatch";
    };

/** The function of `idempotency.begin`. A tenant's `idempotency` has it. */
export interface IdempotencyBeginOperation {
  /**
   * Asks whether to run a request: run it, replay its reply, wait for who runs it, or refuse a
   * different one.
   *
   * Outcomes:
   * - `run`
   * - `replay`
   * - `busy`
   * - `mismatch`: the same name with another fingerprint.
   *
   * Units: `leaseMs`, `retryAfterMs` in milliseconds.
   *
   * Cost: O(1), and the length of a stored reply.
   *
   * Retry: safe. The runner that has the lease gets the same fence again; its lease grows, and
   * never shrinks; one that comes after its fail takes the request again.
   *
   * Lua source: `lua/idempotency/begin.lua`, version 1.0.1.
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
   * // A new request runs.
   * const reply = await acme.idempotency.begin({
   *   request: "request-1",
   *   owner: "worker-1",
   *   fingerprint: "f00d",
   *   leaseMs: 30_000,
   * });
   * // reply: { outcome: "run", fence: … }
   * ```
   */
  begin(args: IdempotencyBeginArgs, options?: CallOptions): Promise<IdempotencyBeginReply>;
}

/** The script `idempotency.begin`, as a client loads and calls it. */
export const idempotencyBegin: Script<IdempotencyBeginArgs, IdempotencyBeginReply> = {
  name: "idempotency.begin",
  version: "1.0.1",
  digest: "34ac91d281701cc856c7b40da6a6bb3005450798",
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
        argument.fingerprint.encode("fingerprint", args.fingerprint),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "run":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
        };
      case "replay":
        return {
          outcome,
          reply: field.reply.decode("reply", fields[2]),
        };
      case "busy":
        return {
          outcome,
          retryAfterMs: field.retryAfterMs.decode("retryAfterMs", fields[3]),
        };
      case "mismatch":
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
  owner: types.id,
  fingerprint: types.fingerprint,
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["run", "replay", "busy", "mismatch"]),
  fence: types.fence,
  reply: types.payload,
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
  "lua/idempotency/begin.lua": {
    52: 7, 55: 46, 56: 47, 57: 48, 58: 49, 59: 50, 60: 51, 62: 53, 63: 54, 64: 55, 65: 56, 66: 57, 67: 58,
    68: 59, 69: 60, 70: 61, 71: 62, 72: 63, 73: 64, 74: 65, 75: 66, 76: 67, 77: 68, 78: 69, 80: 71, 81: 72,
    82: 73, 83: 74, 84: 75, 85: 76, 86: 77, 87: 78, 88: 79, 89: 80, 90: 81, 91: 82, 92: 83, 93: 84, 94: 85,
    95: 86, 96: 87, 97: 88, 98: 89, 99: 90, 100: 91, 101: 92,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/idempotency/begin.lua:
-- A record outlives its lease, so that the next fence is higher and another fingerprint is noticed.
local KEPT_AFTER_LEASE_MS = 86400000

--- Asks whether to run a request: run it, replay its reply, wait for who runs it, or refuse a different one.
local function begin(request, owner, fingerprint, lease_ms)
  local stored = redis.call("HMGET", request, "state", "owner", "fence", "fingerprint", "lease_ends", "reply")
  local state, runner, known_fingerprint, reply = stored[1], stored[2], stored[4], stored[6]
  local fence = stored_integer(stored[3], "fence")
  local lease_ends = stored_integer(stored[5], "lease_ends")
  local now = now_ms()

  if state then
    if known_fingerprint ~= fingerprint then
      return "mismatch"
    end
    if state == "done" then
      if not reply then
        corrupt("reply")
      end
      return "replay", nil, reply
    end
    if state ~= "running" or not lease_ends or not fence then
      corrupt("state")
    end
    if runner ~= owner and now < lease_ends then
      return "busy", nil, nil, lease_ends - now
    end
  end

  local new_fence = next_number(fence)
  local new_lease_ends = now + lease_ms
  if state and runner == owner then
    new_fence = fence
    new_lease_ends = math.max(new_lease_ends, lease_ends)
  end
  redis.call(
    "HSET",
    request,
    "state",
    "running",
    "owner",
    owner,
    "fence",
    new_fence,
    "fingerprint",
    fingerprint
  )
  redis.call("HSET", request, "lease_ends", new_lease_ends)
  redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
  return "run", new_fence
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT idempotency.begin " .. argument .. ": expected " .. expected })
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

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 3 then
  return redis.error_reply("ARGUMENT idempotency.begin expected 1 key and 3 arguments")
end
local arg_owner = wrapper_read_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_fingerprint =
  wrapper_read_text("fingerprint", ARGV[2], 1, 128, "[%c{}]", "no control characters and no braces")
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[3], 1, 31622400000)
local reply_outcome, reply_fence, reply_reply, reply_retry_after_ms =
  begin(KEYS[1], arg_owner, arg_fingerprint, arg_lease_ms)
return {
  reply_outcome,
  wrapper_encode_optional(reply_fence),
  wrapper_encode_optional(reply_reply),
  wrapper_encode_optional(reply_retry_after_ms),
}
`;
