// stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.set_level`. */
export interface StockSetLevelArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The warehouse that counted. 1 to 256 bytes. */
  readonly warehouse: string;
  /** In the warehouse now. Units, 0 to 1,000,000,000,000. */
  readonly quantity: number;
  /** The warehouse's event number; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
  /**
   * At this number of available units or below, the product counts as low. Units, 0 to
   * 1,000,000,000,000.
   */
  readonly low: number;
}

/** Reply of `stock.set_level`: `outcome` says what happened. */
export type StockSetLevelReply =
  | {
      /**
       * - `applied`: the level is set.
       * - `repeated`: the sequence equals the latest one of the warehouse.
       * - `stale`: it is lower.
       */
      readonly outcome: "applied" | "repeated" | "stale";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** Of the available units. */
      readonly status: types.StockStatus;
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /** `full`: 100 other warehouses already have the product. */
      readonly outcome: "full";
    };

/** The function of `stock.set_level`. A tenant's `stock` has it. */
export interface StockSetLevelOperation {
  /**
   * Sets one warehouse's stock of a product and returns the product's total and status.
   *
   * The quantity is what the warehouse counted, after all adjustments before the count. It includes
   * held units. Events may arrive twice or late. An event whose sequence is not above the latest
   * one of the warehouse changes nothing.
   *
   * Outcomes:
   * - `applied`: the level is set.
   * - `repeated`: the sequence equals the latest one of the warehouse.
   * - `stale`: it is lower.
   * - `full`: 100 other warehouses already have the product.
   *
   * Units: `quantity`, `low`, `total`, `available` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. The sequence makes a second run change nothing.
   *
   * Lua source: `lua/stock/set_level.lua`, version 1.1.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // The first event of a warehouse sets its level.
   * const reply = await acme.stock.setLevel({
   *   product: "product-1",
   *   warehouse: "paris",
   *   quantity: 7,
   *   sequence: 1,
   *   low: 2,
   * });
   * // reply: { outcome: "applied", total: 12, status: "in_stock", available: 12 }
   * ```
   */
  setLevel(args: StockSetLevelArgs, options?: CallOptions): Promise<StockSetLevelReply>;
}

/** The script `stock.set_level`, as a client loads and calls it. */
export const stockSetLevel: Script<StockSetLevelArgs, StockSetLevelReply> = {
  name: "stock.set_level",
  version: "1.1.0",
  digest: "f3168462e10b0c3cbd169eb926d0eec957ec7d1c",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
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
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  warehouse: types.id,
  quantity: types.units,
  sequence: types.sequence,
  low: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["applied", "repeated", "stale", "full"]),
  total: types.total,
  status: types.stockStatus,
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
  "lua/lib/stock/stock_status.lua": {
    57: 6, 58: 7, 59: 8, 60: 9, 61: 10, 62: 11, 63: 12, 64: 13, 65: 14,
  },
  "lua/lib/stock/stored_level.lua": {
    69: 4, 72: 10, 73: 11, 74: 12, 75: 13,
  },
  "lua/stock/set_level.lua": {
    78: 7, 109: 54, 110: 54, 111: 54, 112: 55, 113: 56, 114: 57, 115: 58, 116: 59, 117: 60, 119: 62,
    120: 63, 121: 64, 122: 65, 124: 67, 125: 68, 126: 69, 127: 70, 128: 71, 129: 72, 132: 75, 133: 76,
    134: 77, 136: 79, 137: 80, 138: 81, 139: 82,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/stock/stored_level.lua:
-- The upper bound of the type level.
local MAX_STORED_LEVEL = 1000000000000

--- Reads the level of a warehouse.
local function stored_level(value)
  local level = stored_integer(value, "level of a warehouse", -MAX_STORED_LEVEL, MAX_STORED_LEVEL)
  return level
end

-- From lua/stock/set_level.lua:
local MAX_WAREHOUSES = 100

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.set_level expected 1 key and 4 arguments" }
end
local arg_warehouse = ARGV[1]
if arg_warehouse == "" or #arg_warehouse > 256 then
  return { err = "ARGUMENT stock.set_level warehouse: expected 1 to 256 bytes" }
end
if string.find(arg_warehouse, "[%c{}]") then
  return { err = "ARGUMENT stock.set_level warehouse: expected no control characters and no braces" }
end
local arg_quantity_digits = ARGV[2]
local arg_quantity = (arg_quantity_digits == "0" or string.find(arg_quantity_digits, "^[1-9]%d*$"))
  and tonumber(arg_quantity_digits)
if not arg_quantity or arg_quantity > 1000000000000 then
  return { err = "ARGUMENT stock.set_level quantity: expected a whole number from 0 to 1000000000000" }
end
local arg_sequence_digits = ARGV[3]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT stock.set_level sequence: expected a whole number from 0 to 9007199254740991" }
end
local arg_low = tonumber(ARGV[4])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.set_level low: expected a whole number from 0 to 1000000000000" }
end

--- Sets one warehouse's stock of a product and returns the product's total and status.
do
  local stock, warehouse, quantity, sequence, low, quantity_digits, sequence_digits =
    KEYS[1], arg_warehouse, arg_quantity, arg_sequence, arg_low, arg_quantity_digits, arg_sequence_digits
  local level_field = "level:" .. warehouse
  local sequence_field = "seq:" .. warehouse
  local total, held = stock_counts(stock)
  local stored = redis.call("HMGET", stock, level_field, sequence_field)
  local level = stored_level(stored[1])
  local last_sequence = stored_integer(stored[2], "sequence of a warehouse")

  if not total and redis.call("HLEN", stock) > 0 then
    corrupt("total")
  end
  total = total or 0

  if last_sequence and sequence == last_sequence then
    return { "repeated", total or false, stock_status(total - held, low) or false, total - held }
  end
  if last_sequence and sequence < last_sequence then
    return { "stale", total or false, stock_status(total - held, low) or false, total - held }
  end

  -- Each warehouse has two fields. The field total exists too, and maybe the field held.
  if not level and redis.call("HLEN", stock) >= 2 * MAX_WAREHOUSES + redis.call("HEXISTS", stock, "held") then
    return "full"
  end

  local new_total = total - (level or 0) + quantity
  redis.call("HSET", stock, "total", new_total, level_field, quantity_digits, sequence_field, sequence_digits)
  return { "applied", new_total or false, stock_status(new_total - held, low) or false, new_total - held }
end
`;
