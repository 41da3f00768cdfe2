// stock.sweep 1.0.1. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.sweep`. */
export interface SweepArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** things, 1 to 1000; how many reservations to deal with */
  readonly limit: number;
  /** milliseconds, 1000 to 31622400000; how long it is known that a reservation expired; the same as in reserve */
  readonly rememberMs: number;
}

/** Reply of `stock.sweep`. */
export type SweepReply =
  | {
      readonly outcome: "swept" | "nothing_due";
      /** things, 0 to 1000; how many leases have ended */
      readonly expired: number;
      /** things, 0 to 1000; how many closed reservations are known no more */
      readonly forgotten: number;
      /** milliseconds, 0 to 8640000000000000; until the next one is due; absent when the product has no reservation left */
      readonly waitMs: number | undefined;
    };

const argument = {
  limit: types.limit,
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["swept", "nothing_due"]),
  expired: types.processed,
  forgotten: types.processed,
  waitMs: optional(types.waitMs),
};

/**
 * Ends a product's reservations whose lease is over, and forgets closed ones whose time has come.
 *
 * A part of them at a time: while wait_ms is 0, there is more to do. Reserving does the same on its way; a sweep is for products that nobody asks for any more.
 *
 * @see lua/stock/sweep.lua
 */
export const sweep: Script<SweepArgs, SweepReply> = {
  name: "stock.sweep",
  version: "1.0.1",
  digest: "3f0b1481e7a5ee88b75277c85fdb3dc90a5aa821",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
      ],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome, expired: field.expired.decode("expired", fields[1]), forgotten: field.forgotten.decode("forgotten", fields[2]), waitMs: field.waitMs.decode("waitMs", fields[3]) };
  },
  lines: {
    "lua/lib/close_reservations.lua": { 4: 7, 5: 9, 6: 10, 7: 11, 8: 12, 10: 14, 11: 15, 9: 13 },
    "lua/lib/stop.lua": { 16: 6, 17: 9, 18: 10, 19: 10 },
    "lua/lib/corrupt.lua": { 23: 7, 24: 8 },
    "lua/lib/stored_integer.lua": { 27: 4, 28: 13, 29: 14, 30: 15, 32: 17, 33: 18, 34: 19, 36: 21 },
    "lua/lib/stored_reservation.lua": { 39: 4, 40: 5, 41: 5, 42: 5, 43: 5, 44: 5, 46: 12, 47: 13, 48: 14, 50: 16, 51: 17, 52: 18, 54: 20 },
    "lua/lib/due_reservations.lua": { 57: 12, 58: 13, 59: 14, 60: 15, 61: 16, 62: 17, 64: 19, 65: 21, 66: 22, 67: 23, 68: 24, 70: 26, 71: 26, 72: 26, 73: 26, 75: 27, 76: 28, 79: 31 },
    "lua/lib/now_ms.lua": { 82: 4, 83: 5, 84: 6 },
    "lua/lib/stock_held.lua": { 87: 4, 88: 11, 89: 12, 90: 13, 91: 14, 92: 15, 93: 16, 95: 18 },
    "lua/stock/sweep.lua": { 98: 51, 99: 52, 100: 53, 101: 54, 102: 55, 103: 56, 104: 57, 105: 58, 107: 61, 108: 63, 109: 64, 110: 65, 113: 68, 114: 69, 115: 70, 116: 71, 118: 73, 119: 74, 121: 76, 122: 78, 123: 79, 125: 81 },
  },
  lua: `#!lua flags=allow-oom
-- stock.sweep 1.0.1. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.

local function close_reservations(reservations, ends, due, forget_at)
	for _, one in ipairs(due) do
		if one.state == "held" then
			redis.call("HSET", reservations, one.name, string.format("expired %.0f", one.units))
			redis.call("ZADD", ends, forget_at, one.name)
		else
			redis.call("HDEL", reservations, one.name)
			redis.call("ZREM", ends, one.name)
		end
	end
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

local MOST_UNITS = 1000000000000
local STATES = {
	held = true,
	committed = true,
	released = true,
	expired = true
}
local function stored_reservation(value)
	if not value then
		return nil, nil
	end
	local state, digits = string.match(value, "^(%a+) (%d+)$")
	if not state or not STATES[state] then
		corrupt("reservation", 2)
	end
	return state, stored_integer(digits, "units of a reservation", 1, MOST_UNITS)
end

local function due_reservations(reservations, ends, now, limit)
	local due = {}
	local freed = 0
	local names = redis.call("ZRANGE", ends, "-inf", now, "BYSCORE", "LIMIT", 0, limit)
	if # names == 0 then
		return due, freed
	end
	local stored = redis.call("HMGET", reservations, unpack(names))
	for position, name in ipairs(names) do
		local state, units = stored_reservation(stored[position])
		if not state then
			corrupt("reservation", 2)
		end
		due[position] = {
			name = name,
			state = state,
			units = units
		}
		if state == "held" then
			freed = freed + units
		end
	end
	return due, freed
end

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local MOST_TOTAL = 100000000000000
local function stock_held(stock)
	local stored = redis.call("HMGET", stock, "total", "held")
	local total = stored_integer(stored[1], "total", - MOST_TOTAL, MOST_TOTAL)
	local held = stored_integer(stored[2], "held", 0, MOST_TOTAL)
	if held and not total then
		corrupt("total", 2)
	end
	return total, held or 0
end

local function sweep(stock, reservations, ends, limit, remember_ms)
	local now = now_ms()
	local _, held = stock_held(stock)
	local over, freed = due_reservations(reservations, ends, now, limit)
	local after = redis.call("ZRANGE", ends, # over, # over, "WITHSCORES")
	local next_end = stored_integer(after[2] or false, "end of a reservation")
	if freed > held then
		corrupt("held")
	end
	local expired = 0
	for _, one in ipairs(over) do
		if one.state == "held" then
			expired = expired + 1
		end
	end
	local forget_at = now + remember_ms
	local next_ms = next_end and math.max(next_end - now, 0)
	if expired > 0 and (not next_ms or next_ms > remember_ms) then
		next_ms = remember_ms
	end
	if # over == 0 then
		return "nothing_due", 0, 0, next_ms
	end
	close_reservations(reservations, ends, over, forget_at)
	if freed > 0 then
		redis.call("HSET", stock, "held", held - freed)
	end
	return "swept", expired, # over - expired, next_ms
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.sweep " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 3 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT stock.sweep expected 3 keys and 2 arguments")
end
local given_limit = edge_integer("limit", ARGV[1], 1, 1000)
local given_remember_ms = edge_integer("remember_ms", ARGV[2], 1000, 31622400000)
local reply_outcome, reply_expired, reply_forgotten, reply_wait_ms = sweep(KEYS[1], KEYS[2], KEYS[3], given_limit, given_remember_ms)
return {
	reply_outcome,
	reply_expired,
	reply_forgotten,
	edge_absent(reply_wait_ms)
}
`,
};
