// limit.reset 1.0.0. Generated from lua/limit/reset.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `limit.reset`. */
export interface LimitResetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly name: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** How long the operation is remembered. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `limit.reset`: `outcome` says what happened. */
export type LimitResetReply =
  | {
      /** `reset`: the limits are full. */
      readonly outcome: "reset";
      /** An earlier call has reset the limits, and nothing has changed. */
      readonly repeated: boolean;
    }
  | {
      /** `mismatch`: the operation was sent to limit.take before. */
      readonly outcome: "mismatch";
    };

/** The function of `limit.reset`. A tenant's `scripts.limit` has it. */
export interface LimitResetOperation {
  /**
   * Gives a name the whole burst of all its rate limits back.
   *
   * Outcomes:
   * - `reset`: the limits are full.
   * - `mismatch`: the operation was sent to limit.take before.
   *
   * Units: `rememberMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe within `rememberMs`. Because the operation is remembered; after that, the same call
   * resets again.
   *
   * Lua source: `lua/limit/reset.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The limits of a name are full again.
   * const reply = await acme.scripts.limit.reset({
   *   name: "name-1",
   *   operation: "o1",
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "reset", repeated: false }
   * ```
   */
  reset(args: LimitResetArgs, options?: CallOptions): Promise<LimitResetReply>;
}

/** The script `limit.reset`, as a client loads and calls it. */
export const limitReset: Script<LimitResetArgs, LimitResetReply> = {
  name: "limit.reset",
  version: "1.0.0",
  digest: "62f47d148634b2cb671e571c09a96c240c13e2c6",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<name>}:rate-limit",
    "<namespace>:{<tenant>:<name>}:limit-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.rateLimit(scope, args.name),
        keys.limitOperation(scope, args.name, operation),
      ],
      args: [argument.rememberMs.encode("rememberMs", args.rememberMs)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "reset":
        return {
          outcome,
          repeated: field.repeated.decode("repeated", fields[1]),
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
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["reset", "mismatch"]),
  repeated: types.flag,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/limit/reset.lua": "16:34 17:34 18-29:34",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- limit.reset 1.0.0. Generated from lua/limit/reset.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT limit.reset expected 2 keys and 1 argument" }
end
local arg_remember_ms_digits = ARGV[1]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT limit.reset remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/limit/reset.lua:
--- Gives a name the whole burst of all its rate limits back.
do
  local rate_limit, limit_operation, remember_ms, remember_ms_digits =
    KEYS[1], KEYS[2], arg_remember_ms, arg_remember_ms_digits
  -- It refuses a key of another type. A text that is not readable may be deleted.
  redis.call("STRLEN", rate_limit)
  local remembered = redis.call("SET", limit_operation, "reset", "NX", "GET", "PX", remember_ms_digits)
  if remembered == "reset" then
    return { "reset", 1 }
  elseif remembered then
    return "mismatch"
  end
  redis.call("DEL", rate_limit)
  return { "reset", 0 }
end
`;
