// idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  readonly complete: {
    (args: IdempotencyCompleteArgs, options?: CallOptions): Promise<IdempotencyCompleteReply>;
    /**
     * Makes many calls of `complete` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly IdempotencyCompleteArgs[], options?: CallOptions): Promise<ManyResult<IdempotencyCompleteReply>[]>;
  };
}

/** The script `idempotency.complete`, as a client loads and calls it. */
export const idempotencyComplete: ManyScript<IdempotencyCompleteArgs, IdempotencyCompleteReply> = {
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
  many: {
    limit: 64,
    width: 1,
    digest: "cdfd00f960a47968c843195262077cbec5d6ee7c",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "request", args.request);
      call.endTag("}:request");
      call.endKey();
      call.args.text(argument.owner.encode("owner", args.owner));
      argument.fence.writeArgument(call, "fence", args.fence);
      call.args.text(argument.reply.encode("reply", args.reply));
      call.args.text(argument.rememberMs.encode("rememberMs", args.rememberMs));
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
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
  "lua/idempotency/complete.lua": "49:37 50:37 51-66:37",
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "8-19:9",
  "lua/idempotency/complete.lua": "62:37 63:37 64-79:37",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 64 or #wrapper_argv ~= 4 * wrapper_calls then
  return { err = "ARGUMENT idempotency.complete expected 1 to 64 calls, each with 1 key and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_owner = wrapper_argv[wrapper_arguments + 1]
  if arg_owner == "" or #arg_owner > 256 then
    return { err = "ARGUMENT idempotency.complete owner: expected 1 to 256 bytes" }
  end
  if string.find(arg_owner, "[%c{}]") then
    return { err = "ARGUMENT idempotency.complete owner: expected no control characters and no braces" }
  end
  local arg_fence = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT idempotency.complete fence: expected a whole number from 1 to 9007199254740991" }
  end
  local arg_reply = wrapper_argv[wrapper_arguments + 3]
  if #arg_reply > 524288 then
    return { err = "ARGUMENT idempotency.complete reply: expected 0 to 524288 bytes" }
  end
  local arg_remember_ms_digits = wrapper_argv[wrapper_arguments + 4]
  local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$")
    and tonumber(arg_remember_ms_digits)
  if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
    return {
      err = "ARGUMENT idempotency.complete remember_ms: expected a whole number from 1000 to 31622400000",
    }
  end

  -- From lua/idempotency/complete.lua:
  --- Records the reply of a request, for all later calls of begin.
  do
    local request, owner, fence, reply, remember_ms, remember_ms_digits =
      KEYS[wrapper_keys + 1], arg_owner, arg_fence, arg_reply, arg_remember_ms, arg_remember_ms_digits
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
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 1 value for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_at = wrapper_at + 1
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
