// idempotency.mark 1.0.0. Generated from lua/idempotency/mark.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.mark`. */
export interface IdempotencyMarkArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly event: string;
  /**
   * Names this attempt; after a lost reply, the same attempt gets the same answer. 1 to 128 bytes.
   * The client makes one if it is absent.
   */
  readonly operation?: string | undefined;
  /** How long the event counts as seen. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `idempotency.mark`: `outcome` says what happened. */
export type IdempotencyMarkReply =
  | {
      /**
       * - `first`: this operation marked the event.
       * - `repeated`: another operation marked it before.
       */
      readonly outcome: "first" | "repeated";
    };

/** The function of `idempotency.mark`. A tenant's `scripts.idempotency` has it. */
export interface IdempotencyMarkOperation {
  /**
   * Marks an event as seen, and tells whether this call was the first.
   *
   * Outcomes:
   * - `first`: this operation marked the event.
   * - `repeated`: another operation marked it before.
   *
   * Units: `rememberMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe within `rememberMs`. Counted from the first mark, which stores its operation: a
   * second run of it is "first" again, and that of another one "repeated".
   *
   * Lua source: `lua/idempotency/mark.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An event is seen for the first time.
   * const reply = await acme.scripts.idempotency.mark({
   *   event: "event-1",
   *   operation: "try-1",
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "first" }
   * ```
   */
  readonly mark: {
    (args: IdempotencyMarkArgs, options?: CallOptions): Promise<IdempotencyMarkReply>;
    /**
     * Makes many calls of `mark` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly IdempotencyMarkArgs[], options?: CallOptions): Promise<ManyResult<IdempotencyMarkReply>[]>;
  };
}

/** The script `idempotency.mark`, as a client loads and calls it. */
export const idempotencyMark: ManyScript<IdempotencyMarkArgs, IdempotencyMarkReply> = {
  name: "idempotency.mark",
  version: "1.0.0",
  digest: "cf3b4fc6977c9c9de0ac7af28d3798388c8d7717",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<event>}:mark",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [keys.mark(scope, args.event)],
      args: [
        argument.operation.encode("operation", operation),
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
    limit: 100,
    width: 1,
    digest: "071c5114f8bb5161c8b375ebe533adc197e819c3",
    write(call, scope, args) {
      const operation = args.operation ?? newOperation();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "event", args.event);
      call.endTag("}:mark");
      call.endKey();
      call.args.text(argument.operation.encode("operation", operation));
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
  operation: types.operation,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["first", "repeated"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/idempotency/mark.lua": "23:26 24:26 25-31:26",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- idempotency.mark 1.0.0. Generated from lua/idempotency/mark.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT idempotency.mark expected 1 key and 2 arguments" }
end
local arg_operation = ARGV[1]
if arg_operation == "" or #arg_operation > 128 then
  return { err = "ARGUMENT idempotency.mark operation: expected 1 to 128 bytes" }
end
if string.find(arg_operation, "[%c{}]") then
  return { err = "ARGUMENT idempotency.mark operation: expected no control characters and no braces" }
end
local arg_remember_ms_digits = ARGV[2]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT idempotency.mark remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/idempotency/mark.lua:
--- Marks an event as seen, and tells whether this call was the first.
do
  local mark_key, operation, remember_ms, remember_ms_digits =
    KEYS[1], arg_operation, arg_remember_ms, arg_remember_ms_digits
  local marked_by = redis.call("SET", mark_key, operation, "NX", "GET", "PX", remember_ms_digits)
  if marked_by and marked_by ~= operation then
    return "repeated"
  end
  return "first"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/idempotency/mark.lua": "36:26 37:26 38-44:26",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- idempotency.mark 1.0.0. Generated from lua/idempotency/mark.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= 2 * wrapper_calls then
  return { err = "ARGUMENT idempotency.mark expected 1 to 100 calls, each with 1 key and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_operation = wrapper_argv[wrapper_arguments + 1]
  if arg_operation == "" or #arg_operation > 128 then
    return { err = "ARGUMENT idempotency.mark operation: expected 1 to 128 bytes" }
  end
  if string.find(arg_operation, "[%c{}]") then
    return { err = "ARGUMENT idempotency.mark operation: expected no control characters and no braces" }
  end
  local arg_remember_ms_digits = wrapper_argv[wrapper_arguments + 2]
  local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$")
    and tonumber(arg_remember_ms_digits)
  if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
    return { err = "ARGUMENT idempotency.mark remember_ms: expected a whole number from 1000 to 31622400000" }
  end

  -- From lua/idempotency/mark.lua:
  --- Marks an event as seen, and tells whether this call was the first.
  do
    local mark_key, operation, remember_ms, remember_ms_digits =
      KEYS[wrapper_keys + 1], arg_operation, arg_remember_ms, arg_remember_ms_digits
    local marked_by = redis.call("SET", mark_key, operation, "NX", "GET", "PX", remember_ms_digits)
    if marked_by and marked_by ~= operation then
      return "repeated"
    end
    return "first"
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
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
