// expiry.ack 1.0.0. Generated from lua/expiry/ack.lua by moonpath. DO NOT EDIT.
import { choiceType, listType, readFields, type Script } from "../../../src/client/index.js";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.ack`. */
export interface AckArgs {
  /** part of the key */
  readonly set: string;
  /** part of the key */
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
  version: "1.0.0",
  digest: "8805a048a7593463339ff3b1b6208c21a251c241",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<set>}:processing",
    "<namespace>:{<tenant>:<set>}:attempts",
    "<namespace>:{<tenant>:<set>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.set),
        keys.attempts(scope, args.set),
        keys.claim(scope, args.set, args.claim),
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
    "lua/lib/corrupt.lua": { 9: 5, 10: 8, 11: 9, 12: 9 },
    "lua/lib/stored_integer.lua": { 16: 8, 17: 9, 18: 10, 20: 13, 21: 14, 23: 16 },
    "lua/expiry/ack.lua": { 26: 5, 27: 42, 28: 43, 29: 44, 30: 45, 32: 49, 33: 50, 34: 52, 35: 53, 36: 55, 37: 56, 38: 57, 39: 58, 40: 59, 44: 63 },
  },
  lua: `#!lua flags=allow-oom
-- expiry.ack 1.0.0. Generated from lua/expiry/ack.lua by moonpath. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function corrupt(what, level)
	local _, line = pcall(error, "", (level or 1) + 2)
	error({
		err = "CORRUPT " .. what .. " at " .. line
	})
end

local function stored_integer(value, what)
	if not value then
		return nil
	end
	if not string.find(value, "^-?%d+$") or # value > 17 then
		corrupt(what, 2)
	end
	return tonumber(value)
end

local LEASE = ""
local function ack(processing, attempts, held, items)
	local lease_ends = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
	if not lease_ends or lease_ends < now_ms() then
		return "lost"
	end
	redis.call("ZCARD", processing)
	redis.call("HLEN", attempts)
	if # items > 0 then
		local positions = redis.call("ZMSCORE", held, unpack(items))
		for index, item in ipairs(items) do
			if positions[index] then
				redis.call("ZREM", held, item)
				redis.call("ZREM", processing, item)
				redis.call("HDEL", attempts, item)
			end
		end
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
local function edge_text(argument, text, least, greatest, forbidden)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, "no character of " .. forbidden)
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
	return edge_text("items", edge_next(), 1, 256, "[%c{}]")
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
