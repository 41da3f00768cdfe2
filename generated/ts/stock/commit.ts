// stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.commit`. */
export interface CommitArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 256 bytes */
  readonly reservation: string;
  /** id, 1 to 256 bytes; only from this one; from all of them when absent */
  readonly warehouse?: string | undefined;
  /** milliseconds, 1000 to 31622400000; how long it is known that the reservation was committed */
  readonly rememberMs: number;
}

/**
 * Reply of `stock.commit`.
 *
 * short: the shelves, or those of the warehouse, have fewer units by now, and the reservation stays; unknown: no such reservation, or forgotten.
 */
export type CommitReply =
  | {
      readonly outcome: "committed";
      /** units, -100000000000000 to 100000000000000; over all warehouses, after this operation */
      readonly total: number;
      /** units, -200000000000000 to 100000000000000 */
      readonly available: number;
    }
  | {
      readonly outcome: "already_committed" | "short" | "released" | "expired" | "unknown";
    };

const argument = {
  reservation: types.id,
  warehouse: optional(types.id),
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["committed", "already_committed", "short", "released", "expired", "unknown"]),
  total: types.total,
  available: types.available,
};

/**
 * Sells what a reservation holds: its units leave the shelves.
 *
 * Without a warehouse, they come from the fullest one first. A reservation whose lease is over is expired, by Redis's clock, whether a sweep came by or not.
 *
 * @see lua/stock/commit.lua
 */
export const commit: Script<CommitArgs, CommitReply> = {
  name: "stock.commit",
  version: "1.0.0",
  digest: "6cbcb068ed712db8c3a13f8662db9682d0ee4724",
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
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "committed":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
        };
      case "already_committed":
      case "short":
      case "released":
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
    "lua/lib/share_units.lua": { 20: 9, 21: 10, 22: 11, 23: 12, 25: 14, 27: 16, 28: 17, 29: 19, 30: 20, 31: 21, 32: 22, 34: 24, 35: 25, 37: 27 },
    "lua/lib/stored_integer.lua": { 40: 4, 41: 13, 42: 14, 43: 15, 45: 17, 46: 18, 47: 19, 49: 21 },
    "lua/lib/stock_held.lua": { 52: 4, 53: 11, 54: 12, 55: 13, 56: 14, 57: 15, 58: 16, 60: 18 },
    "lua/lib/stock_levels.lua": { 63: 4, 64: 5, 65: 7, 66: 13, 67: 14, 68: 15, 70: 17, 71: 18, 72: 20, 73: 21, 74: 22, 75: 23, 76: 24, 77: 25, 81: 29, 82: 30, 84: 32, 85: 33, 87: 35 },
    "lua/lib/stored_reservation.lua": { 90: 4, 91: 5, 92: 5, 93: 5, 94: 5, 95: 5, 97: 12, 98: 13, 99: 14, 101: 16, 102: 17, 103: 18, 105: 20 },
    "lua/stock/commit.lua": { 108: 54, 109: 55, 110: 56, 111: 57, 112: 58, 113: 60, 114: 61, 115: 62, 116: 63, 117: 64, 118: 65, 119: 66, 120: 67, 121: 68, 122: 69, 124: 71, 125: 72, 127: 75, 128: 77, 129: 78, 130: 79, 133: 82, 134: 83, 135: 84, 137: 88, 138: 89, 139: 90, 142: 93, 143: 94, 144: 95, 145: 96 },
  },
  lua: `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

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

local function share_units(change, levels)
	table.sort(levels, function(one, other)
		if one.quantity == other.quantity then
			return one.warehouse < other.warehouse
		end
		return (one.quantity > other.quantity) == (change < 0)
	end)
	local moves = {}
	local left = change
	for position, level in ipairs(levels) do
		local move = left
		if change < 0 then
			move = - math.min(- left, math.max(level.quantity, 0))
		end
		moves[position] = move
		left = left - move
	end
	return moves, left
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

local MOST_LEVEL = 1000000000000
local MOST_WAREHOUSES = 100
local MOST_FIELDS = 202
local function stock_levels(stock)
	if redis.call("HLEN", stock) > MOST_FIELDS then
		corrupt("stock of more than 100 warehouses", 2)
	end
	local fields = redis.call("HGETALL", stock)
	local levels = {}
	for position = 1, # fields, 2 do
		local warehouse = string.match(fields[position], "^level:(.+)$")
		if warehouse then
			levels[# levels + 1] = {
				warehouse = warehouse,
				quantity = stored_integer(fields[position + 1], "level of a warehouse", - MOST_LEVEL, MOST_LEVEL),
			}
		end
	end
	if # levels > MOST_WAREHOUSES then
		corrupt("stock of more than 100 warehouses", 2)
	end
	table.sort(levels, function(one, other)
		return one.warehouse < other.warehouse
	end)
	return levels
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

local function commit(stock, reservations, ends, reservation, warehouse, remember_ms)
	local now = now_ms()
	local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
	local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
	local total, held = stock_held(stock)
	if not state or not units then
		return "unknown"
	elseif not ends_at then
		corrupt("reservation without an end")
	elseif state == "committed" then
		return "already_committed"
	elseif state == "released" then
		return "released"
	elseif state == "expired" or now >= ends_at then
		return "expired"
	end
	if not total or held < units then
		corrupt("held")
	end
	local sources = {}
	for _, level in ipairs(stock_levels(stock)) do
		if not warehouse or warehouse == level.warehouse then
			sources[# sources + 1] = level
		end
	end
	local moves, left = share_units(- units, sources)
	if left < 0 then
		return "short"
	end
	for position, source in ipairs(sources) do
		if moves[position] ~= 0 then
			redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
		end
	end
	redis.call("HSET", stock, "total", total - units, "held", held - units)
	redis.call("HSET", reservations, reservation, string.format("committed %.0f", units))
	redis.call("ZADD", ends, now + remember_ms, reservation)
	return "committed", total - units, total - held
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.commit " .. argument .. ": expected " .. expected
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
local function edge_optional(text, read)
	if text == "" then
		return nil
	end
	return read(text)
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 3 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT stock.commit expected 3 keys and 3 arguments")
end
local given_reservation = edge_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_warehouse = edge_optional(ARGV[2], function(text)
	return edge_text("warehouse", text, 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_remember_ms = edge_integer("remember_ms", ARGV[3], 1000, 31622400000)
local reply_outcome, reply_total, reply_available = commit(KEYS[1], KEYS[2], KEYS[3], given_reservation, given_warehouse, given_remember_ms)
return {
	reply_outcome,
	edge_absent(reply_total),
	edge_absent(reply_available)
}
`,
};
