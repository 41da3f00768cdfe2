// clock.read 1.0.0. Generated from lua/clock/read.lua by moonpath-codegen. DO NOT EDIT.
import { readFields, type Script } from "moonpath/client";
import * as types from "../types.js";

/** Arguments of `clock.read`. */
export interface ReadArgs {
}

/** Reply of `clock.read`. */
export interface ReadReply {
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
  readonly nowMs: number;
}

const field = {
  nowMs: types.epochMs,
};

/**
 * Tells Redis's clock.
 *
 * @see lua/clock/read.lua
 */
export const read: Script<ReadArgs, ReadReply> = {
  name: "clock.read",
  version: "1.0.0",
  digest: "2d1a6fb7042594f825fa4975a7c8222587c13d04",
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
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/clock/read.lua": { 9: 16, 10: 17 },
  },
  lua: `#!lua flags=no-writes
-- clock.read 1.0.0. Generated from lua/clock/read.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function read()
	return now_ms()
end

if # KEYS ~= 0 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT clock.read expected 0 keys and 0 arguments")
end
local reply_now_ms = read()
return {
	reply_now_ms
}
`,
};
