// idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.fail`. */
export interface IdempotencyFailArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** As given to begin. 1 to 256 bytes. */
  readonly owner: string;
  /** As begin returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
}

/** Reply of `idempotency.fail`: `outcome` says what happened. */
export type IdempotencyFailReply =
  | {
      /**
       * - `released`: any runner may run the request.
       * - `lost`: the request is done, or another runner has taken over.
       */
      readonly outcome: "released" | "lost";
    };

/** The function of `idempotency.fail`. A tenant's `scripts.idempotency` has it. */
export interface IdempotencyFailOperation {
  /**
   * Ends a request without a reply: any runner may run it at once.
   *
   * Use it only for a request that had no effect. The fence stays stored, because the next one must
   * be higher.
   *
   * Outcomes:
   * - `released`: any runner may run the request.
   * - `lost`: the request is done, or another runner has taken over.
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
   * // A runner ends its request without a reply.
   * const reply = await acme.scripts.idempotency.fail({
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
  digest: "a6bfc6ac88e35df57a0e51e3003db946494eb66f",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/stored_integer.lua": {
    25: 4, 29: 14, 30: 15, 31: 16, 32: 17, 33: 18, 34: 19, 35: 20, 36: 21, 37: 22, 38: 23,
  },
  "lua/idempotency/fail.lua": {
    58: 33, 59: 33, 60: 34, 61: 35, 62: 36, 63: 37, 64: 38, 65: 39, 66: 40, 67: 41,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.

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
  return { err = "ARGUMENT idempotency.fail expected 1 key and 2 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT idempotency.fail owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT idempotency.fail owner: expected no control characters and no braces" }
end
local arg_fence = tonumber(ARGV[2])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.fail fence: expected a whole number from 1 to 9007199254740991" }
end

-- From lua/idempotency/fail.lua:
--- Ends a request without a reply: any runner may run it at once.
do
  local request, owner, fence = KEYS[1], arg_owner, arg_fence
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, stored_owner = stored[1], stored[2]
  if stored_owner ~= owner or stored_integer(stored[3], "fence") ~= fence or state ~= "running" then
    return "lost"
  end
  redis.call("HDEL", request, "state", "owner", "payload_hash", "lease_ends")
  return "released"
end
`;
