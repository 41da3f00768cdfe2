// stock.read 1.1.1. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read`. */
export interface StockReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** At or below this many available the product counts as low. Units, 0 to 1,000,000,000,000. */
  readonly low: number;
}

/** Reply of `stock.read`: `outcome` says what happened. */
export type StockReadReply =
  | {
      /** `known` */
      readonly outcome: "known";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** Of what is available. */
      readonly status: types.StockStatus;
      /** By the warehouses' names. At most 1,000 elements. */
      readonly levels: readonly types.WarehouseLevel[];
      /**
       * The total without what reservations hold. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /** `unknown`: no warehouse has reported yet. */
      readonly outcome: "unknown";
    };

/** The function of `stock.read`. A tenant's `stock` has it. */
export interface StockReadOperation {
  /**
   * Reads a product's stock: total, status and the level of each warehouse.
   *
   * A reservation whose lease is over counts as held until it is swept, or somebody reserves.
   *
   * Outcomes:
   * - `known`
   * - `unknown`: no warehouse has reported yet.
   *
   * Units: `low`, `total`, `available` in units.
   *
   * Cost: O(W log W), W the product's warehouses, at most 100.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/read.lua`, version 1.1.1.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // Two warehouses add up.
   * const reply = await acme.stock.read({ product: "product-1", low: 2 });
   * // reply: {
   * //   outcome: "known",
   * //   total: 12,
   * //   status: "in_stock",
   * //   levels: [{ warehouse: "berlin", quantity: 5 }, { warehouse: "paris", quantity: 7 }],
   * //   available: 12,
   * // }
   * ```
   */
  read(args: StockReadArgs, options?: CallOptions): Promise<StockReadReply>;
}

/** The script `stock.read`, as a client loads and calls it. */
export const stockRead: Script<StockReadArgs, StockReadReply> = {
  name: "stock.read",
  version: "1.1.1",
  digest: "4ae3f6e2289d51b34507a82756b9fd5f5435a6cf",
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
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          status: field.status.decode("status", fields[2]),
          levels: field.levels.decode("levels", fields[3]),
          available: field.available.decode("available", fields[4]),
        };
      case "unknown":
        return {
          outcome,
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  low: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["known", "unknown"]),
  total: types.total,
  status: types.stockStatus,
  levels: listType(types.warehouseLevel, 1000),
  available: types.available,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/stored_integer.lua": {
    21: 4, 24: 13, 25: 14, 26: 15, 27: 16, 28: 17, 29: 18, 30: 19, 31: 20, 32: 21, 33: 22,
  },
  "lua/lib/stock_held.lua": {
    36: 4, 39: 11, 40: 12, 41: 13, 42: 14, 43: 15, 44: 16, 45: 17, 46: 18, 47: 19,
  },
  "lua/lib/stock_levels.lua": {
    50: 4, 51: 5, 53: 7, 56: 13, 57: 14, 58: 15, 59: 16, 60: 17, 61: 18, 63: 20, 64: 21, 65: 22, 66: 23,
    67: 24, 68: 25, 69: 26, 70: 27, 71: 28, 72: 29, 73: 30, 74: 31, 75: 32, 76: 33, 77: 34, 78: 35, 79: 36,
  },
  "lua/lib/stock_status.lua": {
    83: 6, 84: 7, 85: 8, 86: 9, 87: 10, 88: 11, 89: 12, 90: 13, 91: 14,
  },
  "lua/stock/read.lua": {
    95: 35, 96: 36, 97: 37, 98: 38, 99: 39, 100: 40, 101: 41, 103: 43, 104: 44, 105: 45, 106: 46, 107: 47,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.read 1.1.1. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
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

-- From lua/lib/stock_held.lua:
local MOST_TOTAL = 100000000000000

--- A product's units over all warehouses, and how many of them reservations hold.
local function stock_held(stock)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total = stored_integer(stored[1], "total", -MOST_TOTAL, MOST_TOTAL)
  local held = stored_integer(stored[2], "held", 0, MOST_TOTAL)
  if held and not total then
    corrupt("total", 2)
  end
  return total, held or 0
end

-- From lua/lib/stock_levels.lua:
local MOST_LEVEL = 1000000000000
local MOST_WAREHOUSES = 100
-- A level and a sequence of each of 100 warehouses, the total, and what is held.
local MOST_FIELDS = 202

--- A product's levels, by the warehouses' names in the server's collation.
local function stock_levels(stock)
  if redis.call("HLEN", stock) > MOST_FIELDS then
    corrupt("stock of more than 100 warehouses", 2)
  end
  local fields = redis.call("HGETALL", stock)
  local levels = {}
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local warehouse = string.match(fields[position], "^level:(.+)$")
    if warehouse then
      levels[#levels + 1] = {
        warehouse = warehouse,
        quantity = stored_integer(fields[position + 1], "level of a warehouse", -MOST_LEVEL, MOST_LEVEL),
      }
    end
  end
  if #levels > MOST_WAREHOUSES then
    corrupt("stock of more than 100 warehouses", 2)
  end
  table.sort(levels, function(one, other)
    return one.warehouse < other.warehouse
  end)
  return levels
end

-- From lua/lib/stock_status.lua:
--- What a shop shows of a product's total.
local function stock_status(total, low)
  if total <= 0 then
    return "out_of_stock"
  end
  if total <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- From lua/stock/read.lua:
--- Reads a product's stock: total, status and the level of each warehouse.
local function read(stock, low)
  local _, held = stock_held(stock)
  local levels = stock_levels(stock)
  if #levels == 0 then
    return "unknown"
  end
  local total = 0
  -- at most 100 warehouses
  for _, level in ipairs(levels) do
    total = total + level.quantity
  end
  return "known", total, stock_status(total - held, low), levels, total - held
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.read " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_records(records, fields)
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

if #KEYS ~= 1 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT stock.read expected 1 key and 1 argument")
end
local arg_low = wrapper_read_integer("low", ARGV[1], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_levels, reply_available = read(KEYS[1], arg_low)
return {
  reply_outcome,
  wrapper_encode_optional(reply_total),
  wrapper_encode_optional(reply_status),
  wrapper_encode_records(reply_levels, { "warehouse", "quantity" }),
  wrapper_encode_optional(reply_available),
}
`;
