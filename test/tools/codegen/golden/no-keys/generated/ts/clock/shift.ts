// clock.shift 1.0.0. Generated from lua/clock/shift.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type Script } from "moonpath/client";
import * as types from "../types.js";

/** Arguments of `clock.shift`. */
export interface ClockShiftArgs {
  /** Things on a shelf. Units, 0 to 1,000,000. */
  readonly ago: number;
}

/** Reply of `clock.shift`. */
export interface ClockShiftReply {
  /**
   * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
   */
  readonly thenMs: number;
}

/** The function of `clock.shift`. A tenant's `clock` has it. */
export interface ClockShiftOperation {
  /**
   * Tells Redis's clock some time ago.
   *
   * Reply:
   * - `thenMs`: An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
   *   8,640,000,000,000,000.
   *
   * Units: `ago` in units; `thenMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/clock/shift.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The clock.
   * const reply = await acme.clock.shift({ ago: 0 });
   * // reply: { thenMs: … }
   * ```
   */
  shift(args: ClockShiftArgs, options?: CallOptions): Promise<ClockShiftReply>;
}

/** The script `clock.shift`, as a client loads and calls it. */
export const clockShift: Script<ClockShiftArgs, ClockShiftReply> = {
  name: "clock.shift",
  version: "1.0.0",
  digest: "7aa7c0aa62469c7799db8130d8dadfd9d2750fa0",
  writes: false,
  resend: "safe",
  keyPatterns: [
  ],
  encode(_scope, args) {
    return {
      keys: [],
      args: [argument.ago.encode("ago", args.ago)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      thenMs: field.thenMs.decode("thenMs", fields[0]),
    };
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
  ago: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  thenMs: types.epochMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/clock/shift.lua": "22:20 23-25:20",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- clock.shift 1.0.0. Generated from lua/clock/shift.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 0 or #ARGV ~= 1 then
  return { err = "ARGUMENT clock.shift expected 0 keys and 1 argument" }
end
local arg_ago = tonumber(ARGV[1])
if not arg_ago or arg_ago < 0 or arg_ago > 1000000 or arg_ago % 1 ~= 0 then
  return { err = "ARGUMENT clock.shift ago: expected a whole number from 0 to 1000000" }
end

-- From lua/clock/shift.lua:
--- Tells Redis's clock some time ago.
do
  local ago = arg_ago
  return now_ms() - ago
end
`;
