// clock.read 1.0.0. Generated from lua/clock/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type Script } from "moonpath/client";
import * as types from "../types.js";

/** Arguments of `clock.read`. */
export interface ClockReadArgs {
}

/** Reply of `clock.read`. */
export interface ClockReadReply {
  /**
   * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
   */
  readonly nowMs: number;
}

/** The function of `clock.read`. A tenant's `clock` has it. */
export interface ClockReadOperation {
  /**
   * Tells Redis's clock.
   *
   * Reply:
   * - `nowMs`: An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
   *   8,640,000,000,000,000.
   *
   * Units: `nowMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/clock/read.lua`, version 1.0.0.
   *
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The clock.
   * const reply = await acme.clock.read({});
   * // reply: { nowMs: … }
   * ```
   */
  read(args: ClockReadArgs, options?: CallOptions): Promise<ClockReadReply>;
}

/** The script `clock.read`, as a client loads and calls it. */
export const clockRead: Script<ClockReadArgs, ClockReadReply> = {
  name: "clock.read",
  version: "1.0.0",
  digest: "026901e05c44374c391e0967a16de4db53110ea4",
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
    return {
      nowMs: field.nowMs.decode("nowMs", fields[0]),
    };
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
  nowMs: types.epochMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/clock/read.lua": "18-20:16",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- clock.read 1.0.0. Generated from lua/clock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT clock.read expected 0 keys and 0 arguments" }
end

-- From lua/clock/read.lua:
--- Tells Redis's clock.
do
  return (now_ms())
end
`;
