// idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.complete`. */
export interface IdempotencyCompleteArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** As given to begin. 1 to 256 bytes. */
  readonly owner: string;
  /** As begin returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /** Every later begin returns it. 0 to 524,288 bytes. */
  readonly reply: string;
  /** How long the reply is stored. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `idempotency.complete`: `outcome` says what happened. */
export type IdempotencyCompleteReply =
  | {
      /**
       * - `completed`: the reply is recorded, now or by an earlier call.
       * - `lost`: the record does not exist, or another runner has taken over.
       */
      readonly outcome: "completed" | "lost";
    };

/** The function of `idempotency.complete`. A tenant's `scripts.idempotency` has it. */
export interface IdempotencyCompleteOperation {
  /**
   * Records the reply of a request, for all later calls of begin.
   *
   * A runner whose lease has ended may still record it if no other runner has taken the request
   * over.
   *
   * Outcomes:
   * - `completed`: the reply is recorded, now or by an earlier call.
   * - `lost`: the record does not exist, or another runner has taken over.
   *
   * Units: `rememberMs` in milliseconds.
   *
   * Cost: O(1), plus the reply's length.
   *
   * Retry: safe. A second run finds the reply of the same fence, and changes nothing.
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
   * const reply = await acme.scripts.idempotency.complete({
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
  digest: "87d757f737554efa238ed472794c5e0f7d2d50fc",
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/idempotency/complete.lua": "49:36 50:36 51-66:36",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 4 then
  return { err = "ARGUMENT idempotency.complete expected 1 key and 4 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT idempotency.complete owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT idempotency.complete owner: expected no control characters and no braces" }
end
local arg_fence = tonumber(ARGV[2])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.complete fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_reply = ARGV[3]
if #arg_reply > 524288 then
  return { err = "ARGUMENT idempotency.complete reply: expected 0 to 524288 bytes" }
end
local arg_remember_ms_digits = ARGV[4]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return {
    err = "ARGUMENT idempotency.complete remember_ms: expected a whole number from 1000 to 31622400000",
  }
end

-- From lua/idempotency/complete.lua:
--- Records the reply of a request, for all later calls of begin.
do
  local request, owner, fence, reply, remember_ms, remember_ms_digits =
    KEYS[1], arg_owner, arg_fence, arg_reply, arg_remember_ms, arg_remember_ms_digits
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, stored_owner = stored[1], stored[2]
  if stored_owner ~= owner or stored_integer(stored[3], "fence") ~= fence then
    return "lost"
  end
  if state == "done" then
    return "completed"
  end
  if state ~= "running" then
    error({ err = "CORRUPT state" })
  end
  redis.call("HSET", request, "state", "done", "reply", reply)
  redis.call("PEXPIRE", request, remember_ms_digits)
  return "completed"
end
`;
