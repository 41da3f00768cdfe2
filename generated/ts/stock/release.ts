// stock.release 1.0.1. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.release`. */
export interface ReleaseArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 256 bytes */
  readonly reservation: string;
  /** milliseconds, 1000 to 31622400000; how long it is known that the reservation has ended */
  readonly rememberMs: number;
}

/**
 * Reply of `stock.release`.
 *
 * unknown: no such reservation, or forgotten.
 */
export type ReleaseReply =
  | {
      readonly outcome: "released";
      /** units, -200000000000000 to 100000000000000; units, now */
      readonly available: number;
    }
  | {
      readonly outcome: "already_committed" | "expired" | "unknown";
    };

const argument = {
  reservation: types.id,
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["released", "already_committed", "expired", "unknown"]),
  available: types.available,
};

/**
 * Gives back what a reservation holds, for an order that was given up.
 *
 * A reservation whose lease is over gives back, too, unless it was swept before; it is "expired" all the same.
 *
 * @see lua/stock/release.lua
 */
export const release: Script<ReleaseArgs, ReleaseReply> = {
  name: "stock.release",
  version: "1.0.1",
  digest: "3cb4964f9195035b74f48d535860972e1ee3dbd1",
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
        argument.reservation.encode("reservation", args.reservation),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "released":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
        };
      case "already_committed":
      case "expired":
      case "unknown":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/now_ms.lua": { 15: 4, 16: 5, 17: 6 },
    "lua/lib/stored_integer.lua": { 20: 4, 21: 13, 22: 14, 23: 15, 25: 17, 26: 18, 27: 19, 29: 21 },
    "lua/lib/stock_held.lua": { 32: 4, 33: 11, 34: 12, 35: 13, 36: 14, 37: 15, 38: 16, 40: 18 },
    "lua/lib/stored_reservation.lua": { 43: 4, 44: 5, 45: 5, 46: 5, 47: 5, 48: 5, 50: 12, 51: 13, 52: 14, 54: 16, 55: 17, 56: 18, 58: 20 },
    "lua/stock/release.lua": { 61: 51, 62: 52, 63: 53, 64: 54, 65: 55, 66: 57, 67: 58, 68: 59, 69: 60, 70: 61, 71: 62, 72: 63, 73: 64, 74: 65, 75: 66, 77: 68, 78: 69, 80: 72, 81: 73, 82: 74, 83: 75, 84: 76, 85: 77, 87: 79 },
  },
  lua: `#!lua flags=allow-oom
-- stock.release 1.0.1. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

local function release(stock, reservations, ends, reservation, remember_ms)
	local now = now_ms()
	local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
	local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
	local total, held = stock_held(stock)
	if not state or not units then
		return "unknown"
	elseif not ends_at or not total then
		corrupt("reservation without an end or a stock")
	elseif state == "committed" then
		return "already_committed"
	elseif state == "released" then
		return "released", total - held
	elseif state == "expired" then
		return "expired"
	end
	if held < units then
		corrupt("held")
	end
	local outcome = now < ends_at and "released" or "expired"
	redis.call("HSET", stock, "held", held - units)
	redis.call("HSET", reservations, reservation, string.format("%s %.0f", outcome, units))
	redis.call("ZADD", ends, now + remember_ms, reservation)
	if outcome == "expired" then
		return "expired"
	end
	return "released", total - held + units
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.release " .. argument .. ": expected " .. expected
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
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 3 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT stock.release expected 3 keys and 2 arguments")
end
local given_reservation = edge_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_remember_ms = edge_integer("remember_ms", ARGV[2], 1000, 31622400000)
local reply_outcome, reply_available = release(KEYS[1], KEYS[2], KEYS[3], given_reservation, given_remember_ms)
return {
	reply_outcome,
	edge_absent(reply_available)
}
`,
};
