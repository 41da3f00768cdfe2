// idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.begin`. */
export interface IdempotencyBeginArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** Names this runner; unique for each attempt. 1 to 256 bytes. */
  readonly owner: string;
  /**
   * A hash of a request's payload. It shows whether two requests with the same name are the same. 1
   * to 128 bytes.
   */
  readonly payloadHash: string;
  /**
   * How long the runner has the request before another may take it over. Milliseconds, 1 to
   * 31,622,400,000.
   */
  readonly leaseMs: number;
}

/** Reply of `idempotency.begin`: `outcome` says what happened. */
export type IdempotencyBeginReply =
  | {
      /** `run`: the caller runs the request. */
      readonly outcome: "run";
      /** Write it with the effect, in the same transaction. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
    }
  | {
      /** `replay`: the request is done. */
      readonly outcome: "replay";
      /** As given to complete. 0 to 1,048,576 bytes. */
      readonly reply: string;
    }
  | {
      /** `busy`: another runner runs it. */
      readonly outcome: "busy";
      /** The rest of the runner's lease. Milliseconds, 1 to 31,622,400,000. */
      readonly retryAfterMs: number;
    }
  | {
      /** `mismatch`: the request has another payload. */
      readonly outcome: "mismatch";
    };

/** The function of `idempotency.begin`. A tenant's `scripts.idempotency` has it. */
export interface IdempotencyBeginOperation {
  /**
   * Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
   * another payload.
   *
   * Outcomes:
   * - `run`: the caller runs the request.
   * - `replay`: the request is done.
   * - `busy`: another runner runs it.
   * - `mismatch`: the request has another payload.
   *
   * Units: `leaseMs`, `retryAfterMs` in milliseconds.
   *
   * Cost: O(1), plus the length of a stored reply.
   *
   * Retry: safe. The runner that has the lease gets the same fence and no shorter lease; a call
   * that arrives after its fail takes the request again.
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
   * const reply = await acme.scripts.idempotency.begin({
   *   request: "request-1",
   *   owner: "worker-1",
   *   payloadHash: "f00d",
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
  digest: "aef3eccb9cbe798d558814a5b29b5949ed3fa254",
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
        argument.payloadHash.encode("payloadHash", args.payloadHash),
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
  payloadHash: types.payloadHash,
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
  "lua/idempotency/begin.lua": {
    58: 8, 85: 52, 86: 52, 87: 53, 88: 54, 89: 55, 90: 56, 91: 57, 92: 58, 94: 60, 95: 61, 96: 62, 97: 63,
    98: 64, 99: 65, 100: 66, 101: 67, 102: 68, 103: 69, 104: 70, 105: 71, 106: 72, 107: 73, 108: 74,
    109: 75, 110: 76, 112: 78, 113: 79, 114: 80, 115: 81, 116: 82, 117: 83, 118: 84, 119: 85, 120: 86,
    121: 87, 122: 88, 123: 89, 124: 90, 125: 91, 126: 92, 127: 93, 128: 94, 129: 95, 130: 96, 131: 97,
    132: 98, 133: 99,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/idempotency/begin.lua:
-- A record is kept longer than its lease, because the next fence must be higher and another payload
-- must be detected.
local KEPT_AFTER_LEASE_MS = 86400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT idempotency.begin expected 1 key and 3 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT idempotency.begin owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT idempotency.begin owner: expected no control characters and no braces" }
end
local arg_payload_hash = ARGV[2]
if arg_payload_hash == "" or #arg_payload_hash > 128 then
  return { err = "ARGUMENT idempotency.begin payload_hash: expected 1 to 128 bytes" }
end
if string.find(arg_payload_hash, "[%c{}]") then
  return { err = "ARGUMENT idempotency.begin payload_hash: expected no control characters and no braces" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.begin lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
--- another payload.
do
  local request, owner, payload_hash, lease_ms = KEYS[1], arg_owner, arg_payload_hash, arg_lease_ms
  local stored =
    redis.call("HMGET", request, "state", "owner", "fence", "payload_hash", "lease_ends", "reply")
  local state, stored_owner, stored_hash, reply = stored[1], stored[2], stored[4], stored[6]
  local fence = stored_integer(stored[3], "fence")
  local lease_ends = stored_integer(stored[5], "lease_ends")
  local now = now_ms()

  if state then
    if stored_hash ~= payload_hash then
      return "mismatch"
    end
    if state == "done" then
      if not reply then
        corrupt("reply")
      end
      return { "replay", false, reply }
    end
    if state ~= "running" or not lease_ends or not fence then
      corrupt("state")
    end
    if stored_owner ~= owner and now < lease_ends then
      return { "busy", false, false, lease_ends - now }
    end
  end

  local new_fence = next_number(fence)
  local new_lease_ends = now + lease_ms
  if state and stored_owner == owner then
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
    "payload_hash",
    payload_hash
  )
  redis.call("HSET", request, "lease_ends", new_lease_ends)
  redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
  return { "run", new_fence }
end
`;
