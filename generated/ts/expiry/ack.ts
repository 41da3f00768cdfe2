// expiry.ack 1.0.1. Generated from lua/expiry/ack.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.ack`. */
export interface AckArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** claim, 1 to 256 bytes; part of the key */
  readonly claim: string;
  /** id[]; as claimed; one that the claim does not hold is passed over */
  readonly items: readonly string[];
}

/**
 * Reply of `expiry.ack`.
 *
 * lost: the lease is over, and nothing is changed.
 */
export type AckReply =
  | {
      readonly outcome: "acked" | "lost";
    };

const argument = {
  items: listType(types.id, 1000),
};

const field = {
  outcome: choiceType(["acked", "lost"]),
};

/**
 * Tells that a worker has dealt with items that it claimed, so that nobody gets them again.
 *
 * All of them or none: when the lease is over, another worker may have them already.
 *
 * @see lua/expiry/ack.lua
 */
export const ack: Script<AckArgs, AckReply> = {
  name: "expiry.ack",
  version: "1.0.1",
  digest: "898adcb562bdef4ac342774d24344ee8ece760bb",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.queue),
        keys.attempts(scope, args.queue),
        keys.claim(scope, args.queue, args.claim),
      ],
      args: [...argument.items.encode("items", args.items)],
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
    "lua/lib/claim_lease.lua": { 32: 5, 33: 11, 34: 12, 35: 13, 36: 14, 38: 16 },
    "lua/lib/items_held.lua": { 41: 6, 42: 7, 43: 8, 44: 9, 46: 11, 47: 13, 48: 14, 49: 15, 52: 18 },
    "lua/expiry/ack.lua": { 55: 40, 56: 41, 57: 42, 59: 45, 60: 46, 61: 48, 62: 49, 63: 51, 64: 53, 65: 55, 67: 57 },
  },
  lua: `#!lua flags=allow-oom
-- expiry.ack 1.0.1. Generated from lua/expiry/ack.lua by moonpath-codegen. DO NOT EDIT.

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

local LEASE = ""
local function claim_lease(held)
	local lease_ends = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
	if lease_ends and lease_ends >= now_ms() then
		return lease_ends
	end
	return nil
end

local function items_held(held, items)
	local mine = {}
	if # items == 0 then
		return mine
	end
	local positions = redis.call("ZMSCORE", held, unpack(items))
	for index, item in ipairs(items) do
		if positions[index] then
			mine[# mine + 1] = item
		end
	end
	return mine
end

local function ack(processing, attempts, held, items)
	if not claim_lease(held) then
		return "lost"
	end
	redis.call("ZCARD", processing)
	redis.call("HLEN", attempts)
	local mine = items_held(held, items)
	if # mine > 0 then
		redis.call("ZREM", held, unpack(mine))
		redis.call("ZREM", processing, unpack(mine))
		redis.call("HDEL", attempts, unpack(mine))
	end
	return "acked"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.ack " .. argument .. ": expected " .. expected
	})
end
local edge_position = 0
local function edge_next()
	edge_position = edge_position + 1
	return ARGV[edge_position] or ""
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
local function edge_list(argument, read)
	local list = {}
	for position = 1, edge_integer(argument, edge_next(), 0, 1000) do
		list[position] = read()
	end
	return list
end
if # KEYS ~= 3 then
	return redis.error_reply("ARGUMENT expiry.ack expected 3 keys")
end
local given_items = edge_list("items", function()
	return edge_text("items", edge_next(), 1, 256, "[%c{}]", "no control characters and no braces")
end)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT expiry.ack expected as many arguments as its lists say")
end
local reply_outcome = ack(KEYS[1], KEYS[2], KEYS[3], given_items)
return {
	reply_outcome
}
`,
};
