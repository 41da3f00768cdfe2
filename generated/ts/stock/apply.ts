// stock.apply 1.0.0. Generated from lua/stock/apply.lua by moonpath. DO NOT EDIT.
import { choiceType, readFields, type Script } from "../../../src/client/index.js";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.apply`. */
export interface ApplyArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 256 bytes */
  readonly warehouse: string;
  /** units, 0 to 1000000000000; on hand now */
  readonly quantity: number;
  /** sequence, 0 to 9007199254740991; the warehouse's event number; higher is later */
  readonly sequence: number;
  /** units, 0 to 1000000000000; at or below this total the product counts as low */
  readonly low: number;
}

/**
 * Reply of `stock.apply`.
 *
 * full: the product is in 100 other warehouses already.
 */
export type ApplyReply =
  | {
      readonly outcome: "applied" | "repeated" | "stale";
      /** units, -100000000000000 to 100000000000000; over all warehouses */
      readonly total: number;
      /** stock_status */
      readonly status: types.StockStatus;
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
};

/**
 * Sets one warehouse's stock of a product and returns the product's total and status.
 *
 * The quantity is a count of the shelf, every adjustment made before it included. Events may arrive twice or late: one already applied, or older than the warehouse's latest, changes nothing.
 *
 * @see lua/stock/apply.lua
 */
export const apply: Script<ApplyArgs, ApplyReply> = {
  name: "stock.apply",
  version: "1.0.0",
  digest: "740c7fc8fa8e93b8d88673d14f9edd4897a3ab2f",
  writes: true,
  resend: "safe",
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
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "applied":
      case "repeated":
      case "stale":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          status: field.status.decode("status", fields[2]),
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
    "lua/lib/stock_status.lua": { 15: 6, 16: 7, 17: 8, 19: 10, 20: 11, 22: 13 },
    "lua/lib/stored_integer.lua": { 25: 4, 26: 13, 27: 14, 28: 15, 30: 17, 31: 18, 32: 19, 34: 21 },
    "lua/stock/apply.lua": { 37: 5, 38: 6, 39: 7, 40: 45, 41: 46, 42: 47, 43: 48, 44: 49, 45: 50, 46: 51, 47: 53, 48: 54, 50: 56, 51: 58, 52: 59, 54: 61, 55: 62, 57: 66, 58: 67, 60: 70, 61: 71, 62: 72 },
  },
  lua: `#!lua
-- stock.apply 1.0.0. Generated from lua/stock/apply.lua by moonpath. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
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

local MOST_WAREHOUSES = 100
local MOST_UNITS = 1000000000000
local MOST_TOTAL = MOST_WAREHOUSES * MOST_UNITS
local function apply(stock, warehouse, quantity, sequence, low)
	local level_field = "level:" .. warehouse
	local sequence_field = "seq:" .. warehouse
	local stored = redis.call("HMGET", stock, "total", level_field, sequence_field)
	local total = stored_integer(stored[1], "total", - MOST_TOTAL, MOST_TOTAL)
	local level = stored_integer(stored[2], "level of a warehouse", - MOST_UNITS, MOST_UNITS)
	local latest = stored_integer(stored[3], "sequence of a warehouse")
	if not total and redis.call("HLEN", stock) > 0 then
		corrupt("total")
	end
	total = total or 0
	if latest and sequence == latest then
		return "repeated", total, stock_status(total, low)
	end
	if latest and sequence < latest then
		return "stale", total, stock_status(total, low)
	end
	if not level and redis.call("HLEN", stock) >= 2 * MOST_WAREHOUSES then
		return "full"
	end
	local new_total = total - (level or 0) + quantity
	redis.call("HSET", stock, "total", new_total, level_field, quantity, sequence_field, sequence)
	return "applied", new_total, stock_status(new_total, low)
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.apply " .. argument .. ": expected " .. expected
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
	return redis.error_reply("ARGUMENT stock.apply expected 1 key and 4 arguments")
end
local given_warehouse = edge_text("warehouse", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_quantity = edge_integer("quantity", ARGV[2], 0, 1000000000000)
local given_sequence = edge_integer("sequence", ARGV[3], 0, 9007199254740991)
local given_low = edge_integer("low", ARGV[4], 0, 1000000000000)
local reply_outcome, reply_total, reply_status = apply(KEYS[1], given_warehouse, given_quantity, given_sequence, given_low)
return {
	reply_outcome,
	edge_absent(reply_total),
	edge_absent(reply_status)
}
`,
};
