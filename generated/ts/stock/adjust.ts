// stock.adjust 1.0.0. Generated from lua/stock/adjust.lua by moonpath. DO NOT EDIT.
import { choiceType, newOperation, optional, readFields, type Script } from "../../../src/client/index.js";
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
  /** units, 0 to 1000000000000; at or below this total the product counts as low */
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
      /** stock_status */
      readonly status: types.StockStatus;
    }
  | {
      readonly outcome: "unknown";
    };

const argument = {
  change: types.change,
  warehouse: optional(types.id),
  backorder: types.flag,
  low: types.units,
  rememberMs: types.retention,
};

const field = {
  outcome: choiceType(["adjusted", "refused", "unknown"]),
  repeated: types.flag,
  total: types.total,
  status: types.stockStatus,
};

/**
 * Moves units of a product out (a sale) or in (a return), and returns the product's total and status.
 *
 * A sale is taken whole or refused whole; what is owed on backorder in one warehouse is not for sale in another. Without a warehouse, a sale draws on the fullest one first and a return goes to the emptiest. The answer is remembered: the same operation sent again gets its first answer and moves nothing.
 *
 * @see lua/stock/adjust.lua
 */
export const adjust: Script<AdjustArgs, AdjustReply> = {
  name: "stock.adjust",
  version: "1.0.0",
  digest: "4d9db33449e278a46174b5c2604ff29b61edd7f6",
  writes: true,
  resend: "safe",
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
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "adjusted":
      case "refused":
        return {
          outcome,
          repeated: field.repeated.decode("repeated", fields[1]),
          total: field.total.decode("total", fields[2]),
          status: field.status.decode("status", fields[3]),
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
    "lua/lib/stored_integer.lua": { 19: 4, 20: 13, 21: 14, 22: 15, 24: 17, 25: 18, 26: 19, 28: 21 },
    "lua/lib/stock_levels.lua": { 31: 4, 32: 6, 33: 12, 34: 13, 35: 14, 37: 16, 38: 17, 39: 19, 40: 20, 41: 21, 42: 22, 43: 23, 44: 24, 48: 28, 49: 29, 51: 31 },
    "lua/lib/stock_status.lua": { 54: 6, 55: 7, 56: 8, 58: 10, 59: 11, 61: 13 },
    "lua/stock/adjust.lua": { 64: 7, 65: 8, 66: 11, 67: 12, 68: 13, 69: 14, 71: 16, 74: 21, 75: 22, 76: 23, 77: 25, 78: 26, 79: 27, 80: 28, 82: 30, 83: 31, 85: 33, 87: 87, 88: 88, 89: 89, 90: 90, 91: 91, 92: 92, 93: 93, 94: 94, 95: 95, 97: 97, 99: 100, 100: 101, 101: 102, 102: 104, 103: 105, 104: 106, 105: 107, 108: 110, 109: 111, 111: 114, 112: 115, 113: 116, 114: 117, 115: 118, 116: 119, 118: 122, 119: 123, 120: 124, 122: 128, 123: 129, 124: 130, 127: 133, 128: 134, 129: 135 },
  },
  lua: `#!lua
-- stock.adjust 1.0.0. Generated from lua/stock/adjust.lua by moonpath. DO NOT EDIT.

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

local MOST_LEVEL = 1000000000000
local MOST_FIELDS = 201
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
local MOST_TOTAL = 100 * MOST_UNITS
local function sort_for(change, levels)
	table.sort(levels, function(one, other)
		if one.quantity == other.quantity then
			return one.warehouse < other.warehouse
		end
		return (one.quantity > other.quantity) == (change < 0)
	end)
end
local function share(change, levels)
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
local function adjust(stock, answer, change, warehouse, backorder, low, remember_ms)
	local remembered = redis.call("GET", answer)
	if remembered then
		local outcome, total_then = string.match(remembered, "^(%a+) (-?%d+)$")
		local total = stored_integer(total_then or "", "stock-operation", - MOST_TOTAL, MOST_TOTAL)
		if outcome == "adjusted" then
			return "adjusted", true, total, stock_status(total, low)
		elseif outcome == "refused" then
			return "refused", true, total, stock_status(total, low)
		end
		corrupt("stock-operation")
	end
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
	sort_for(change, sources)
	local moves, left = share(change, sources)
	local new_total = total + change
	if change < 0 and (left < 0 or new_total < 0) and not backorder then
		redis.call("SET", answer, string.format("refused %.0f", total), "PX", remember_ms)
		return "refused", false, total, stock_status(total, low)
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
	redis.call("SET", answer, string.format("adjusted %.0f", new_total), "PX", remember_ms)
	return "adjusted", false, new_total, stock_status(new_total, low)
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
local reply_outcome, reply_repeated, reply_total, reply_status = adjust(KEYS[1], KEYS[2], given_change, given_warehouse, given_backorder, given_low, given_remember_ms)
return {
	reply_outcome,
	edge_reply_flag(reply_repeated),
	edge_absent(reply_total),
	edge_absent(reply_status)
}
`,
};
