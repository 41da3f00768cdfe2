// stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.set_level`. */
export interface SetLevelArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 256 bytes */
  readonly warehouse: string;
  /** units, 0 to 1000000000000; on hand now */
  readonly quantity: number;
  /** sequence, 0 to 9007199254740991; the warehouse's event number; higher is later */
  readonly sequence: number;
  /** units, 0 to 1000000000000; at or below this many available the product counts as low */
  readonly low: number;
}

/**
 * Reply of `stock.set_level`.
 *
 * full: the product is in 100 other warehouses already.
 */
export type SetLevelReply =
  | {
      readonly outcome: "applied" | "repeated" | "stale";
      /** units, -100000000000000 to 100000000000000; over all warehouses */
      readonly total: number;
      /** stock_status; of what is available, the total without what is held */
      readonly status: types.StockStatus;
      /** units, -200000000000000 to 100000000000000 */
      readonly available: number;
    }
  | {
      readonly outcome: "full";
    };

const argument = {
  warehouse: types.id,
  quantity: types.units,
  sequence: types.sequence,
  low: types.units,
};

const field = {
  outcome: choiceType(["applied", "repeated", "stale", "full"]),
  total: types.total,
  status: types.stockStatus,
  available: types.available,
};

/**
 * Sets one warehouse's stock of a product and returns the product's total and status.
 *
 * The quantity is a count of the shelf, every adjustment made before it included; what reservations hold still lies there. Events may arrive twice or late: one already applied, or older than the warehouse's latest, changes nothing.
 *
 * @see lua/stock/set_level.lua
 */
export const setLevel: Script<SetLevelArgs, SetLevelReply> = {
  name: "stock.set_level",
  version: "1.1.0",
  digest: "7a48ee4cae338188224d6f075e2a557db74cfc11",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.quantity.encode("quantity", args.quantity),
        argument.sequence.encode("sequence", args.sequence),
        argument.low.encode("low", args.low),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "applied":
      case "repeated":
      case "stale":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          status: field.status.decode("status", fields[2]),
          available: field.available.decode("available", fields[3]),
        };
      case "full":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/stored_integer.lua": { 15: 4, 16: 13, 17: 14, 18: 15, 20: 17, 21: 18, 22: 19, 24: 21 },
    "lua/lib/stock_held.lua": { 27: 4, 28: 11, 29: 12, 30: 13, 31: 14, 32: 15, 33: 16, 35: 18 },
    "lua/lib/stock_status.lua": { 38: 6, 39: 7, 40: 8, 42: 10, 43: 11, 45: 13 },
    "lua/stock/set_level.lua": { 48: 6, 49: 7, 50: 51, 51: 52, 52: 53, 53: 54, 54: 55, 55: 56, 56: 57, 57: 59, 58: 60, 60: 62, 61: 64, 62: 65, 64: 67, 65: 68, 67: 73, 68: 75, 70: 78, 71: 79, 72: 80 },
  },
  lua: `#!lua
-- stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

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

local function stock_status(total, low)
	if total <= 0 then
		return "out_of_stock"
	end
	if total <= low then
		return "low_stock"
	end
	return "in_stock"
end

local MOST_WAREHOUSES = 100
local MOST_UNITS = 1000000000000
local function set_level(stock, warehouse, quantity, sequence, low)
	local level_field = "level:" .. warehouse
	local sequence_field = "seq:" .. warehouse
	local total, held = stock_held(stock)
	local stored = redis.call("HMGET", stock, level_field, sequence_field)
	local level = stored_integer(stored[1], "level of a warehouse", - MOST_UNITS, MOST_UNITS)
	local latest = stored_integer(stored[2], "sequence of a warehouse")
	if not total and redis.call("HLEN", stock) > 0 then
		corrupt("total")
	end
	total = total or 0
	if latest and sequence == latest then
		return "repeated", total, stock_status(total - held, low), total - held
	end
	if latest and sequence < latest then
		return "stale", total, stock_status(total - held, low), total - held
	end
	if not level and redis.call("HLEN", stock) >= 2 * MOST_WAREHOUSES + redis.call("HEXISTS", stock, "held") then
		return "full"
	end
	local new_total = total - (level or 0) + quantity
	redis.call("HSET", stock, "total", new_total, level_field, quantity, sequence_field, sequence)
	return "applied", new_total, stock_status(new_total - held, low), new_total - held
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.set_level " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 4 then
	return redis.error_reply("ARGUMENT stock.set_level expected 1 key and 4 arguments")
end
local given_warehouse = edge_text("warehouse", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_quantity = edge_integer("quantity", ARGV[2], 0, 1000000000000)
local given_sequence = edge_integer("sequence", ARGV[3], 0, 9007199254740991)
local given_low = edge_integer("low", ARGV[4], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_available = set_level(KEYS[1], given_warehouse, given_quantity, given_sequence, given_low)
return {
	reply_outcome,
	edge_absent(reply_total),
	edge_absent(reply_status),
	edge_absent(reply_available)
}
`,
};
