// stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.set_level`. */
export interface StockSetLevelArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names one thing: a product, a warehouse, an owner. Safe as a part of a key. 1 to 256 bytes. */
  readonly warehouse: string;
  /** On hand now. Units, 0 to 1,000,000,000,000. */
  readonly quantity: number;
  /** The warehouse's event number; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
  /** At or below this many available the product counts as low. Units, 0 to 1,000,000,000,000. */
  readonly low: number;
}

/** Reply of `stock.set_level`: `outcome` says what happened. */
export type StockSetLevelReply =
  | {
      /**
       * - `applied`
       * - `repeated`
       * - `stale`
       */
      readonly outcome: "applied" | "repeated" | "stale";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** Of what is available, the total without what is held. */
      readonly status: types.StockStatus;
      /**
       * What can be sold of a product: the total without what reservations hold. Below zero when
       * shelves hold less than was promised. Units, -200,000,000,000,000 to 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /** `full`: the product is in 100 other warehouses already. */
      readonly outcome: "full";
    };

/** The function of `stock.set_level`. A tenant's `stock` has it. */
export interface StockSetLevelOperation {
  /**
   * Sets one warehouse's stock of a product and returns the product's total and status.
   *
   * The quantity is a count of the shelf, every adjustment made before it included; what
   * reservations hold still lies there. Events may arrive twice or late: one already applied, or
   * older than the warehouse's latest, changes nothing.
   *
   * Outcomes:
   * - `applied`
   * - `repeated`
   * - `stale`
   * - `full`: the product is in 100 other warehouses already.
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
  digest: "9a21e934ddf61be1db1ce2e32e0b45068708516a",
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
  "lua/lib/stock_status.lua": {
    51: 6, 52: 7, 53: 8, 54: 9, 55: 10, 56: 11, 57: 12, 58: 13, 59: 14,
  },
  "lua/stock/set_level.lua": {
    62: 6, 63: 7, 66: 51, 67: 52, 68: 53, 69: 54, 70: 55, 71: 56, 72: 57, 74: 59, 75: 60, 76: 61, 77: 62,
    79: 64, 80: 65, 81: 66, 82: 67, 83: 68, 84: 69, 87: 72, 88: 73, 89: 74, 90: 75, 91: 76, 93: 78, 94: 79,
    95: 80, 96: 81,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/set_level.lua:
local MOST_WAREHOUSES = 100
local MOST_UNITS = 1000000000000

--- Sets one warehouse's stock of a product and returns the product's total and status.
local function set_level(stock, warehouse, quantity, sequence, low)
  local level_field = "level:" .. warehouse
  local sequence_field = "seq:" .. warehouse
  local total, held = stock_held(stock)
  local stored = redis.call("HMGET", stock, level_field, sequence_field)
  local level = stored_integer(stored[1], "level of a warehouse", -MOST_UNITS, MOST_UNITS)
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

  -- A warehouse has two fields; the total is one, and so is what is held.
  if
    not level and redis.call("HLEN", stock) >= 2 * MOST_WAREHOUSES + redis.call("HEXISTS", stock, "held")
  then
    return "full"
  end

  local new_total = total - (level or 0) + quantity
  redis.call("HSET", stock, "total", new_total, level_field, quantity, sequence_field, sequence)
  return "applied", new_total, stock_status(new_total - held, low), new_total - held
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.set_level " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 4 then
  return redis.error_reply("ARGUMENT stock.set_level expected 1 key and 4 arguments")
end
local arg_warehouse =
  wrapper_read_text("warehouse", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_quantity = wrapper_read_integer("quantity", ARGV[2], 0, 1000000000000)
local arg_sequence = wrapper_read_integer("sequence", ARGV[3], 0, 9007199254740991)
local arg_low = wrapper_read_integer("low", ARGV[4], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_available =
  set_level(KEYS[1], arg_warehouse, arg_quantity, arg_sequence, arg_low)
return {
  reply_outcome,
  wrapper_encode_optional(reply_total),
  wrapper_encode_optional(reply_status),
  wrapper_encode_optional(reply_available),
}
`;
