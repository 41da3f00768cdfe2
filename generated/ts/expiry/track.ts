// expiry.track 1.0.1. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.track`. */
export interface TrackArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** id, 1 to 256 bytes */
  readonly item: string;
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
  readonly dueMs: number;
}

/**
 * Reply of `expiry.track`.
 *
 * claimed: a worker has the item while its lease runs, and nothing is changed.
 */
export type TrackReply =
  | {
      readonly outcome: "tracked" | "claimed";
    };

const argument = {
  item: types.id,
  dueMs: types.epochMs,
};

const field = {
  outcome: choiceType(["tracked", "claimed"]),
};

/**
 * Sets the instant at which an item is due, anew if it had one.
 *
 * @see lua/expiry/track.lua
 */
export const track: Script<TrackArgs, TrackReply> = {
  name: "expiry.track",
  version: "1.0.1",
  digest: "dc8ae0ba7705ce3045621b6e38051c2341f02ffd",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
      ],
      args: [
        argument.item.encode("item", args.item),
        argument.dueMs.encode("dueMs", args.dueMs),
      ],
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
    "lua/lib/wake_worker.lua": { 37: 7, 38: 8, 39: 9, 40: 10, 41: 11 },
    "lua/expiry/track.lua": { 45: 37, 46: 38, 47: 39, 49: 41, 50: 42, 51: 43, 52: 44 },
  },
  lua: `#!lua
-- expiry.track 1.0.1. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.

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

local function wake_worker(due, due_ms)
	local earliest_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
	local earliest_ms = tonumber(earliest_due[2])
	if not earliest_ms or due_ms < earliest_ms then
		redis.call("PUBLISH", due, "earlier")
	end
end

local function track(due, processing, item, due_ms)
	if is_claimed(processing, item) then
		return "claimed"
	end
	wake_worker(due, due_ms)
	redis.call("ZADD", due, due_ms, item)
	redis.call("ZREM", processing, item)
	return "tracked"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.track " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
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
if # KEYS ~= 2 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT expiry.track expected 2 keys and 2 arguments")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_due_ms = edge_integer("due_ms", ARGV[2], 0, 8640000000000000)
local reply_outcome = track(KEYS[1], KEYS[2], given_item, given_due_ms)
return {
	reply_outcome
}
`,
};
