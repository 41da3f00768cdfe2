// stock.read 1.1.1. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read`. */
export interface StockReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /**
   * At this number of available units or below, the product counts as low. Units, 0 to
   * 1,000,000,000,000.
   */
  readonly low: number;
}

/** Reply of `stock.read`: `outcome` says what happened. */
export type StockReadReply =
  | {
      /** `known`: the product has stock. */
      readonly outcome: "known";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** Of the available units. */
      readonly status: types.StockStatus;
      /** Sorted by warehouse. At most 1,000 elements. */
      readonly levels: readonly types.WarehouseLevel[];
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /** `unknown`: no warehouse has a level. */
      readonly outcome: "unknown";
    };

/** The function of `stock.read`. A tenant's `stock` has it. */
export interface StockReadOperation {
  /**
   * Reads a product's stock: total, status and the level of each warehouse.
   *
   * A reservation whose lease has ended stays in `held` until a reserve, a sweep or a release ends
   * it.
   *
   * Outcomes:
   * - `known`: the product has stock.
   * - `unknown`: no warehouse has a level.
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
   * // The total is the sum of two warehouses.
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
  digest: "71274e3f077e75bb6e3b624eee8202815f133499",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/stored_integer.lua": {
    25: 4, 29: 14, 30: 15, 31: 16, 32: 17, 33: 18, 34: 19, 35: 20, 36: 21, 37: 22, 38: 23,
  },
  "lua/lib/stock/stock_counts.lua": {
    42: 5, 45: 12, 46: 13, 47: 14, 48: 15, 49: 16, 50: 17, 51: 18, 52: 19, 53: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    57: 4, 60: 10, 61: 11, 62: 12, 63: 13,
  },
  "lua/lib/stock/stock_levels.lua": {
    67: 5, 69: 7, 72: 15, 73: 16, 74: 17, 75: 18, 76: 19, 77: 20, 78: 21, 79: 22, 81: 24, 82: 25, 83: 26,
    84: 27, 85: 28, 86: 29, 87: 30, 88: 31, 89: 32, 90: 33, 91: 34, 92: 35, 93: 36, 94: 37, 95: 38, 96: 39,
  },
  "lua/lib/stock/stock_status.lua": {
    100: 6, 101: 7, 102: 8, 103: 9, 104: 10, 105: 11, 106: 12, 107: 13, 108: 14,
  },
  "lua/stock/read.lua": {
    121: 36, 122: 36, 123: 37, 124: 38, 125: 39, 126: 40, 127: 41, 128: 42, 129: 43, 130: 44, 131: 45,
    132: 45, 133: 45, 134: 45, 135: 45, 136: 45, 137: 45, 138: 45, 139: 45, 140: 45, 141: 45, 142: 45,
    143: 45, 144: 45, 145: 45, 146: 45, 147: 45, 148: 45, 149: 46,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.read 1.1.1. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/stock/stock_counts.lua:
-- The upper bound of the type total.
local MAX_TOTAL = 100000000000000

--- Reads a product's total over all warehouses, and how many units reservations hold.
local function stock_counts(stock)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total = stored_integer(stored[1], "total", -MAX_TOTAL, MAX_TOTAL)
  local held = stored_integer(stored[2], "held", 0, MAX_TOTAL)
  if held and not total then
    corrupt("total", 2)
  end
  return total, held or 0
end

-- From lua/lib/stock/stored_level.lua:
-- The upper bound of the type level.
local MAX_STORED_LEVEL = 1000000000000

--- Reads the level of a warehouse.
local function stored_level(value)
  local level = stored_integer(value, "level of a warehouse", -MAX_STORED_LEVEL, MAX_STORED_LEVEL)
  return level
end

-- From lua/lib/stock/stock_levels.lua:
-- A product has at most 100 warehouses; the type total depends on it.
local MAX_WAREHOUSES = 100
-- Each of 100 warehouses has two fields, a level and a sequence. The other two are total and held.
local MAX_FIELDS = 202

--- Reads the levels of a product's warehouses.
local function stock_levels(stock, warehouse)
  if redis.call("HLEN", stock) > MAX_FIELDS then
    corrupt("stock of more than 100 warehouses", 2)
  end
  local fields = redis.call("HGETALL", stock)
  local levels = {}
  local count = 0
  local total = 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local name = string.match(fields[position], "^level:(.+)$")
    if name then
      local quantity = stored_level(fields[position + 1])
      count = count + 1
      total = total + quantity
      if not warehouse or warehouse == name then
        levels[#levels + 1] = { warehouse = name, quantity = quantity }
      end
    end
  end
  if count > MAX_WAREHOUSES then
    corrupt("stock of more than 100 warehouses", 2)
  end
  return levels, total
end

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.read expected 1 key and 1 argument" }
end
local arg_low = tonumber(ARGV[1])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.read low: expected a whole number from 0 to 1000000000000" }
end

-- From lua/stock/read.lua:
--- Reads a product's stock: total, status and the level of each warehouse.
do
  local stock, low = KEYS[1], arg_low
  local _, held = stock_counts(stock)
  local levels, total = stock_levels(stock)
  if #levels == 0 then
    return "unknown"
  end
  table.sort(levels, function(first, second)
    return first.warehouse < second.warehouse
  end)
  local reply_outcome, reply_total, reply_status, reply_levels, reply_available =
    "known", total, stock_status(total - held, low), levels, total - held
  local wrapper_reply_levels = false
  if reply_levels then
    wrapper_reply_levels = {}
    for index = 1, #reply_levels do
      local row = reply_levels[index]
      wrapper_reply_levels[2 * index - 1] = row.warehouse
      wrapper_reply_levels[2 * index] = row.quantity
    end
  end
  return {
    reply_outcome,
    reply_total or false,
    reply_status or false,
    wrapper_reply_levels,
    reply_available or false,
  }
end
`;
