// stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath. DO NOT EDIT.
import { choiceType, listType, readFields, type Script } from "../../../src/client/index.js";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read`. */
export interface ReadArgs {
  /** part of the key */
  readonly product: string;
  /** units, 0 to 1000000000000; at or below this total the product counts as low */
  readonly low: number;
}

/**
 * Reply of `stock.read`.
 *
 * unknown: no warehouse has reported yet.
 */
export type ReadReply =
  | {
      readonly outcome: "known";
      /** units, -1000000000000 to 1000000000000; over all warehouses */
      readonly total: number;
      /** stock_status */
      readonly status: types.StockStatus;
      /** warehouse_level[]; by the warehouses' names */
      readonly levels: readonly types.WarehouseLevel[];
    }
  | {
      readonly outcome: "unknown";
    };

const argument = {
  low: types.units,
};

const field = {
  outcome: choiceType(["known", "unknown"]),
  total: types.level,
  status: types.stockStatus,
  levels: listType(types.warehouseLevel, 1000),
};

/**
 * Reads a product's stock: total, status and the level of each warehouse.
 *
 * @see lua/stock/read.lua
 */
export const read: Script<ReadArgs, ReadReply> = {
  name: "stock.read",
  version: "1.0.0",
  digest: "1e19cb14d5b5347d2ae7050951d7b46c601118c8",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [argument.low.encode("low", args.low)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          status: field.status.decode("status", fields[2]),
          levels: field.levels.decode("levels", fields[3]),
        };
      case "unknown":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/lib/corrupt.lua": { 4: 5, 5: 8, 6: 9, 7: 9 },
    "lua/lib/stored_integer.lua": { 11: 8, 12: 9, 13: 10, 15: 13, 16: 14, 18: 16 },
    "lua/lib/stock_levels.lua": { 21: 7, 22: 8, 23: 9, 24: 11, 25: 12, 26: 13, 27: 14, 28: 15, 29: 16, 33: 20, 34: 21, 36: 23 },
    "lua/lib/stock_status.lua": { 39: 6, 40: 7, 41: 8, 43: 10, 44: 11, 46: 13 },
    "lua/stock/read.lua": { 49: 27, 50: 28, 51: 29, 52: 30, 54: 32, 55: 34, 56: 35, 58: 37 },
  },
  lua: `#!lua flags=no-writes
-- stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath. DO NOT EDIT.

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

local function stock_levels(stock)
	local fields = redis.call("HGETALL", stock)
	local levels = {}
	for position = 1, # fields, 2 do
		local warehouse = string.match(fields[position], "^level:(.+)$")
		if warehouse then
			levels[# levels + 1] = {
				warehouse = warehouse,
				quantity = stored_integer(fields[position + 1], "level of a warehouse"),
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

local function read(stock, low)
	local levels = stock_levels(stock)
	if # levels == 0 then
		return "unknown"
	end
	local total = 0
	for _, level in ipairs(levels) do
		total = total + level.quantity
	end
	return "known", total, stock_status(total, low), levels
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.read " .. argument .. ": expected " .. expected
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
local function edge_rows(records, fields)
	if records == nil then
		return false
	end
	local rows = {}
	for index, record in ipairs(records) do
		rows[index] = {}
		for position, field in ipairs(fields) do
			rows[index][position] = record[field]
		end
	end
	return rows
end
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.read expected 1 key and 1 argument")
end
local given_low = edge_integer("low", ARGV[1], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_levels = read(KEYS[1], given_low)
return {
	reply_outcome,
	edge_absent(reply_total),
	edge_absent(reply_status),
	edge_rows(reply_levels, {
		"warehouse",
		"quantity"
	})
}
`,
};
