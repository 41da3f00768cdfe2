// clock.reset 1.0.0. Generated from lua/clock/reset.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";

/** Arguments of `clock.reset`. */
export interface ClockResetArgs {
}

/** Reply of `clock.reset`: `outcome` says what happened. */
export type ClockResetReply =
  | {
      /** `forgotten` */
      readonly outcome: "forgotten";
    };

/** The function of `clock.reset`. A tenant's `clock` has it. */
export interface ClockResetOperation {
  /**
   * Forgets the shop's own list, and has no key of its own.
   *
   * Outcomes:
   * - `forgotten`
   *
   * Cost: O(1).
   *
   * Retry: safe. What is gone stays gone.
   *
   * Lua source: `lua/clock/reset.lua`, version 1.0.0.
   *
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The list is forgotten.
   * const reply = await acme.clock.reset({});
   * // reply: { outcome: "forgotten" }
   * ```
   */
  reset(args: ClockResetArgs, options?: CallOptions): Promise<ClockResetReply>;
}

/** The script `clock.reset`, as a client loads and calls it. */
export const clockReset: Script<ClockResetArgs, ClockResetReply> = {
  name: "clock.reset",
  version: "1.0.0",
  digest: "004725b91f283ec0d0778d32d4e941f2607a2976",
  writes: false,
  resend: "safe",
  keyPatterns: [
  ],
  encode() {
    return {
      keys: [],
      args: [],
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

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["forgotten"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/forget_list.lua": "6-9:2",
  "lua/clock/reset.lua": "18-21:14",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- clock.reset 1.0.0. Generated from lua/clock/reset.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/forget_list.lua:
--- Forgets the shop's own list.
local function forget_list()
  -- moonpath-allow keys/undeclared: the list is older than this package, and on one node
  redis.call("DEL", "golden:labels")
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT clock.reset expected 0 keys and 0 arguments" }
end

-- From lua/clock/reset.lua:
--- Forgets the shop's own list, and has no key of its own.
do
  forget_list()
  return "forgotten"
end
`;
