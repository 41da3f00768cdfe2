// stock.adjust 1.1.1. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.adjust`. */
export interface AdjustArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** operation, 1 to 128 bytes; part of the key; the client makes one if there is none */
  readonly operation?: string | undefined;
  /** units, -1000000000000 to 1000000000000; below zero for a sale */
  readonly change: number;
  /** id, 1 to 256 bytes; only this one; all of them when absent */
  readonly warehouse?: string | undefined;
  /** flag; a sale may take the level below zero */
  readonly backorder: boolean;
  /** units, 0 to 1000000000000; at or below this many available the product counts as low */
  readonly low: number;
  /** milliseconds, 1000 to 31622400000; how long the answer is remembered */
  readonly rememberMs: number;
}

/**
 * Reply of `stock.adjust`.
 *
 * refused: too few units; unknown: no such stock yet, nothing is remembered.
 */
export type AdjustReply =
  | {
      readonly outcome: "adjusted" | "refused";
      /** flag; this operation had its answer before */
      readonly repeated: boolean;
      /** units, -100000000000000 to 100000000000000; over all warehouses, after this operation */
      readonly total: number;
      /** stock_status; of what is available, the total without what is held */
      readonly status: types.StockStatus;
      /** units, -200000000000000 to 100000000000000 */
      readonly available: number;
    }
  | {
      readonly outcome: "unknown";
    };

const argument = {
  change: types.change,
  warehouse: optional(types.id),
  backorder: types.flag,
  low: types.units,
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["adjusted", "refused", "unknown"]),
  repeated: types.flag,
  total: types.total,
  status: types.stockStatus,
  available: types.available,
};

/**
 * Moves units of a product out (a sale) or in (a return), and returns the product's total and status.
 *
 * A sale is taken whole or refused whole; what reservations hold, and what is owed on backorder in one warehouse, is not for sale. A lease that is over holds until it is swept, or somebody reserves. A sale on backorder asks for none of this: it takes held units too, and their reservations are "short" until there is stock. Without a warehouse, a sale draws on the fullest one first and a return goes to the emptiest. The answer is remembered: the same operation sent again gets its first answer and moves nothing.
 *
 * @see lua/stock/adjust.lua
 */
export const adjust: Script<AdjustArgs, AdjustReply> = {
  name: "stock.adjust",
  version: "1.1.1",
  digest: "37e854a62d8be149c457348b8af048c4580dac12",
  writes: true,
  resend: "safe",
  durable: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:stock-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.stockOperation(scope, args.product, operation),
      ],
      args: [
        argument.change.encode("change", args.change),
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.backorder.encode("backorder", args.backorder),
        argument.low.encode("low", args.low),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "adjusted":
      case "refused":
        return {
          outcome,
          repeated: field.repeated.decode("repeated", fields[1]),
          total: field.total.decode("total", fields[2]),
          status: field.status.decode("status", fields[3]),
          available: field.available.decode("available", fields[4]),
        };
      case "unknown":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/misuse.lua": { 15: 6, 16: 7 },
    "lua/lib/share_units.lua": { 19: 9, 20: 10, 21: 11, 22: 12, 24: 14, 26: 16, 27: 17, 28: 19, 29: 20, 30: 21, 31: 22, 33: 24, 34: 25, 36: 27 },
    "lua/lib/stored_integer.lua": { 39: 4, 40: 13, 41: 14, 42: 15, 44: 17, 45: 18, 46: 19, 48: 21 },
    "lua/lib/stock_held.lua": { 51: 4, 52: 11, 53: 12, 54: 13, 55: 14, 56: 15, 57: 16, 59: 18 },
    "lua/lib/stock_levels.lua": { 62: 4, 63: 5, 64: 7, 65: 13, 66: 14, 67: 15, 69: 17, 70: 18, 71: 20, 72: 21, 73: 22, 74: 23, 75: 24, 76: 25, 80: 29, 81: 30, 83: 32, 84: 33, 86: 35 },
    "lua/lib/stock_status.lua": { 89: 6, 90: 7, 91: 8, 93: 10, 94: 11, 96: 13 },
    "lua/stock/adjust.lua": { 99: 9, 100: 10, 101: 71, 102: 72, 103: 73, 104: 75, 105: 76, 106: 77, 107: 78, 108: 79, 110: 81, 111: 82, 112: 83, 113: 84, 115: 86, 117: 89, 118: 90, 119: 91, 120: 92, 121: 94, 122: 95, 123: 96, 124: 97, 127: 100, 128: 101, 130: 104, 131: 105, 132: 106, 133: 107, 134: 108, 136: 111, 137: 112, 138: 113, 140: 117, 141: 118, 142: 119, 145: 122, 146: 123, 147: 130 },
  },
  lua: `#!lua
-- stock.adjust 1.1.1. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function misuse(expected)
	stop("ARGUMENT", expected, 2)
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

local function stock_status(total, low)
	if total <= 0 then
		return "out_of_stock"
	end
	if total <= low then
		return "low_stock"
	end
	return "in_stock"
end

local MOST_UNITS = 1000000000000
local MOST_ANSWERED = 100 * MOST_UNITS
local function adjust(stock, answer, change, warehouse, backorder, low, remember_ms)
	local remembered = redis.call("GET", answer)
	if remembered then
		local outcome, total_then, available_then = string.match(remembered, "^(%a+) (-?%d+) ?(-?%d*)$")
		local total = stored_integer(total_then or "", "stock-operation", - MOST_ANSWERED, MOST_ANSWERED)
		local available = total
		if available_then ~= "" then
			available = stored_integer(available_then or "", "stock-operation", - 2 * MOST_ANSWERED, MOST_ANSWERED)
		end
		if outcome == "adjusted" then
			return "adjusted", true, total, stock_status(available, low), available
		elseif outcome == "refused" then
			return "refused", true, total, stock_status(available, low), available
		end
		corrupt("stock-operation")
	end
	local _, held = stock_held(stock)
	local levels = stock_levels(stock)
	local total = 0
	local sources = {}
	for _, level in ipairs(levels) do
		total = total + level.quantity
		if not warehouse or warehouse == level.warehouse then
			sources[# sources + 1] = level
		end
	end
	if # sources == 0 then
		return "unknown"
	end
	local moves, left = share_units(change, sources)
	local new_total = total + change
	if change < 0 and (left < 0 or new_total < held) and not backorder then
		redis.call("SET", answer, string.format("refused %.0f %.0f", total, total - held), "PX", remember_ms)
		return "refused", false, total, stock_status(total - held, low), total - held
	end
	moves[1] = moves[1] + left
	if math.abs(sources[1].quantity + moves[1]) > MOST_UNITS then
		misuse("stock.adjust change: the level of a warehouse stays from -10^12 to 10^12")
	end
	for position, source in ipairs(sources) do
		if moves[position] ~= 0 then
			redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
		end
	end
	redis.call("HSET", stock, "total", new_total)
	redis.call("SET", answer, string.format("adjusted %.0f %.0f", new_total, new_total - held), "PX", remember_ms)
	return "adjusted", false, new_total, stock_status(new_total - held, low), new_total - held
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.adjust " .. argument .. ": expected " .. expected
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
local function edge_flag(argument, text)
	if text ~= "1" and text ~= "0" then
		edge_refuse(argument, "1 or 0")
	end
	return text == "1"
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
local function edge_reply_flag(value)
	if value == nil then
		return false
	end
	return value and 1 or 0
end
if # KEYS ~= 2 or # ARGV ~= 5 then
	return redis.error_reply("ARGUMENT stock.adjust expected 2 keys and 5 arguments")
end
local given_change = edge_integer("change", ARGV[1], - 1000000000000, 1000000000000)
local given_warehouse = edge_optional(ARGV[2], function(text)
	return edge_text("warehouse", text, 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_backorder = edge_flag("backorder", ARGV[3])
local given_low = edge_integer("low", ARGV[4], 0, 1000000000000)
local given_remember_ms = edge_integer("remember_ms", ARGV[5], 1000, 31622400000)
local reply_outcome, reply_repeated, reply_total, reply_status, reply_available = adjust(KEYS[1], KEYS[2], given_change, given_warehouse, given_backorder, given_low, given_remember_ms)
return {
	reply_outcome,
	edge_reply_flag(reply_repeated),
	edge_absent(reply_total),
	edge_absent(reply_status),
	edge_absent(reply_available)
}
`,
};
