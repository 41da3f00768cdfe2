// stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.reserve`. */
export interface ReserveArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 256 bytes */
  readonly reservation: string;
  /** units, 1 to 1000000000000 */
  readonly units: number;
  /** milliseconds, 1 to 31622400000; how long the units are held unless committed */
  readonly leaseMs: number;
  /** milliseconds, 1000 to 31622400000; how long reservations that this call ends are known */
  readonly rememberMs: number;
}

/**
 * Reply of `stock.reserve`.
 *
 * refused: too few available; mismatch: held with other units; unknown: no such stock yet.
 */
export type ReserveReply =
  | {
      readonly outcome: "reserved";
      /** units, -200000000000000 to 100000000000000; units, after this reservation */
      readonly available: number;
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
      readonly leaseEndsMs: number;
    }
  | {
      readonly outcome: "refused";
      /** units, -200000000000000 to 100000000000000; units, after this reservation */
      readonly available: number;
    }
  | {
      readonly outcome: "mismatch" | "already_committed" | "released" | "expired" | "unknown";
    };

const argument = {
  reservation: types.id,
  units: types.quantity,
  leaseMs: types.ms,
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["reserved", "refused", "mismatch", "already_committed", "released", "expired", "unknown"]),
  available: types.available,
  leaseEndsMs: types.epochMs,
};

/**
 * Holds units of a product for a while, for an order that is not paid yet.
 *
 * Available is the total of all warehouses without what is held. A reservation is taken whole or refused whole. It ends by commit, by release, or with its lease, by Redis's clock. Leases that are over are ended on the way, 100 at most: where more have piled up unswept, units may be refused that the next calls free.
 *
 * What a reservation ended by is known for the remember_ms of the call that ended it: where the lease ran out, the next reserve or sweep of the product. So all callers of a product pass the same.
 *
 * @see lua/stock/reserve.lua
 */
export const reserve: Script<ReserveArgs, ReserveReply> = {
  name: "stock.reserve",
  version: "1.0.1",
  digest: "2404740bee55cb260ba9d8a142f4d40d968a698c",
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
        argument.units.encode("units", args.units),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "reserved":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
        };
      case "refused":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
        };
      case "mismatch":
      case "already_committed":
      case "released":
      case "expired":
      case "unknown":
        return {
          outcome,
        };
    }
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
    "lua/stock/reserve.lua": { 98: 10, 99: 65, 100: 66, 101: 67, 102: 68, 103: 69, 104: 71, 105: 72, 107: 74, 108: 75, 109: 76, 110: 77, 111: 78, 113: 80, 114: 81, 115: 82, 116: 83, 117: 84, 118: 85, 119: 86, 121: 88, 122: 89, 124: 92, 125: 93, 126: 94, 128: 96, 129: 97, 130: 98, 131: 99, 132: 100, 133: 101, 135: 103, 137: 105, 138: 106, 139: 107, 140: 108, 141: 109, 142: 110 },
  },
  lua: `#!lua
-- stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

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

local MOST_ENDED = 100
local function reserve(stock, reservations, ends, reservation, units, lease_ms, remember_ms)
	local now = now_ms()
	local state, held_units = stored_reservation(redis.call("HGET", reservations, reservation))
	local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
	local total, held = stock_held(stock)
	if state and not ends_at then
		corrupt("reservation without an end")
	end
	if state == "held" and now < ends_at then
		if not total then
			corrupt("total")
		elseif held_units ~= units then
			return "mismatch"
		end
		return "reserved", total - held, ends_at
	elseif state == "committed" then
		return "already_committed"
	elseif state == "released" then
		return "released"
	elseif state then
		return "expired"
	end
	if not total then
		return "unknown"
	end
	local over, freed = due_reservations(reservations, ends, now, MOST_ENDED)
	if freed > held then
		corrupt("held")
	end
	local still_held = held - freed
	local forget_at = now + remember_ms
	if total - still_held < units then
		close_reservations(reservations, ends, over, forget_at)
		if freed > 0 then
			redis.call("HSET", stock, "held", still_held)
		end
		return "refused", total - still_held
	end
	local lease_ends = now + lease_ms
	close_reservations(reservations, ends, over, forget_at)
	redis.call("HSET", reservations, reservation, string.format("held %.0f", units))
	redis.call("ZADD", ends, lease_ends, reservation)
	redis.call("HSET", stock, "held", still_held + units)
	return "reserved", total - still_held - units, lease_ends
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.reserve " .. argument .. ": expected " .. expected
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
if # KEYS ~= 3 or # ARGV ~= 4 then
	return redis.error_reply("ARGUMENT stock.reserve expected 3 keys and 4 arguments")
end
local given_reservation = edge_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_units = edge_integer("units", ARGV[2], 1, 1000000000000)
local given_lease_ms = edge_integer("lease_ms", ARGV[3], 1, 31622400000)
local given_remember_ms = edge_integer("remember_ms", ARGV[4], 1000, 31622400000)
local reply_outcome, reply_available, reply_lease_ends_ms = reserve(KEYS[1], KEYS[2], KEYS[3], given_reservation, given_units, given_lease_ms, given_remember_ms)
return {
	reply_outcome,
	edge_absent(reply_available),
	edge_absent(reply_lease_ends_ms)
}
`,
};
