// clock.shift 1.0.0. Generated from lua/clock/shift.lua by moonpath-codegen. DO NOT EDIT.
import { readFields, type Script } from "moonpath/client";
import * as types from "../types.js";

/** Arguments of `clock.shift`. */
export interface ShiftArgs {
  /** units, 0 to 1000000 */
  readonly ago: number;
}

/** Reply of `clock.shift`. */
export interface ShiftReply {
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
  readonly thenMs: number;
}

const argument = {
  ago: types.units,
};

const field = {
  thenMs: types.epochMs,
};

/**
 * Tells Redis's clock some time ago.
 *
 * @see lua/clock/shift.lua
 */
export const shift: Script<ShiftArgs, ShiftReply> = {
  name: "clock.shift",
  version: "1.0.0",
  digest: "c2334aab4965d303b64d3e5217cb3e61431161e5",
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
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/clock/shift.lua": { 9: 20, 10: 21 },
  },
  lua: `#!lua flags=no-writes
-- clock.shift 1.0.0. Generated from lua/clock/shift.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function shift(ago)
	return now_ms() - ago
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT clock.shift " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
if # KEYS ~= 0 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT clock.shift expected 0 keys and 1 argument")
end
local given_ago = edge_integer("ago", ARGV[1], 0, 1000000)
local reply_then_ms = shift(given_ago)
return {
	reply_then_ms
}
`,
};
