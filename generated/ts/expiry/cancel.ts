// expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.cancel`. */
export interface CancelArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** id, 1 to 256 bytes */
  readonly item: string;
}

/**
 * Reply of `expiry.cancel`.
 *
 * claimed: a worker has it while its lease runs; missing: it is not tracked.
 */
export type CancelReply =
  | {
      readonly outcome: "cancelled" | "claimed" | "missing";
    };

const argument = {
  item: types.id,
};

const field = {
  outcome: choiceType(["cancelled", "claimed", "missing"]),
};

/**
 * Stops tracking an item that no worker has.
 *
 * @see lua/expiry/cancel.lua
 */
export const cancel: Script<CancelArgs, CancelReply> = {
  name: "expiry.cancel",
  version: "1.0.0",
  digest: "c92349516dd43d4c1142b4bc525444d898339b47",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
        keys.attempts(scope, args.queue),
      ],
      args: [argument.item.encode("item", args.item)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/lib/stop.lua": { 9: 6, 10: 9, 11: 10, 12: 10 },
    "lua/lib/corrupt.lua": { 16: 7, 17: 8 },
    "lua/lib/stored_integer.lua": { 20: 4, 21: 13, 22: 14, 23: 15, 25: 17, 26: 18, 27: 19, 29: 21 },
    "lua/lib/is_claimed.lua": { 32: 9, 33: 10, 34: 11 },
    "lua/expiry/cancel.lua": { 37: 36, 38: 37, 39: 38, 41: 40, 42: 41, 43: 43, 44: 44, 45: 45, 47: 47, 48: 48, 49: 49, 50: 50 },
  },
  lua: `#!lua flags=allow-oom
-- expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local MOST_EXACT = 9007199254740991
local function stored_integer(value, what, least, greatest)
	if not value then
		return nil
	end
	local number = string.find(value, "^-?%d+$") and tonumber(value)
	if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
		corrupt(what, 2)
	end
	return number
end

local function is_claimed(processing, item)
	local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
	return lease_ends ~= nil and lease_ends >= now_ms()
end

local function cancel(due, processing, attempts, item)
	if is_claimed(processing, item) then
		return "claimed"
	end
	local tracked = redis.call("ZSCORE", due, item)
	local abandoned = redis.call("ZSCORE", processing, item)
	redis.call("HLEN", attempts)
	if not tracked and not abandoned then
		return "missing"
	end
	redis.call("ZREM", due, item)
	redis.call("ZREM", processing, item)
	redis.call("HDEL", attempts, item)
	return "cancelled"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.cancel " .. argument .. ": expected " .. expected
	})
end
local function edge_text(argument, text, least, greatest, forbidden, expected)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, expected)
	end
	return text
end
if # KEYS ~= 3 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT expiry.cancel expected 3 keys and 1 argument")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local reply_outcome = cancel(KEYS[1], KEYS[2], KEYS[3], given_item)
return {
	reply_outcome
}
`,
};
