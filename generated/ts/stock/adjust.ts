// stock.adjust 1.1.1. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.adjust`. */
export interface StockAdjustArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Below zero for a sale. Units, -1,000,000,000,000 to 1,000,000,000,000. */
  readonly change: number;
  /** Only this one; all of them when absent. 1 to 256 bytes. */
  readonly warehouse?: string | undefined;
  /** A sale may take the level below zero. */
  readonly backorder: boolean;
  /** At or below this many available the product counts as low. Units, 0 to 1,000,000,000,000. */
  readonly low: number;
  /** How long the answer is remembered. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `stock.adjust`: `outcome` says what happened. */
export type StockAdjustReply =
  | {
      /**
       * - `adjusted`
       * - `refused`: too few units.
       */
      readonly outcome: "adjusted" | "refused";
      /** This operation had its answer before. */
      readonly repeated: boolean;
      /**
       * Over all warehouses, after this operation. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
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
      /** `unknown`: no such stock yet, nothing is remembered. */
      readonly outcome: "unknown";
    };

/** The function of `stock.adjust`. A tenant's `stock` has it. */
export interface StockAdjustOperation {
  /**
   * Moves units of a product out (a sale) or in (a return), and returns the product's total and
   * status.
   *
   * A sale is taken whole or refused whole; what reservations hold, and what is owed on backorder
   * in one warehouse, is not for sale. A lease that is over holds until it is swept, or somebody
   * reserves. A sale on backorder asks for none of this: it takes held units too, and their
   * reservations are "short" until there is stock. Without a warehouse, a sale draws on the fullest
   * one first and a return goes to the emptiest. The answer is remembered: the same operation sent
   * again gets its first answer and moves nothing.
   *
   * Outcomes:
   * - `adjusted`
   * - `refused`: too few units.
   * - `unknown`: no such stock yet, nothing is remembered.
   *
   * Units: `change`, `low`, `total`, `available` in units; `rememberMs` in milliseconds.
   *
   * Cost: O(W log W), W the product's warehouses, at most 100.
   *
   * Retry: safe within `rememberMs`. The remembered answer makes a second run change nothing.
   *
   * Lua source: `lua/stock/adjust.lua`, version 1.1.1.
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
   * // A sale draws on the fullest warehouse first.
   * const reply = await acme.stock.adjust({
   *   product: "product-1",
   *   operation: "order-1",
   *   change: -8,
   *   backorder: false,
   *   low: 2,
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "adjusted", repeated: false, total: 4, status: "in_stock", available: 4 }
   * ```
   */
  adjust(args: StockAdjustArgs, options?: CallOptions): Promise<StockAdjustReply>;
}

/** The script `stock.adjust`, as a client loads and calls it. */
export const stockAdjust: Script<StockAdjustArgs, StockAdjustReply> = {
  name: "stock.adjust",
  version: "1.1.1",
  digest: "535b9cbce8dac5c6ee32a4080e73bd0d09626077",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
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
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  change: types.change,
  warehouse: optional(types.id),
  backorder: types.flag,
  low: types.units,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["adjusted", "refused", "unknown"]),
  repeated: types.flag,
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
  "lua/lib/misuse.lua": {
    21: 6, 22: 7, 23: 8,
  },
  "lua/lib/share_units.lua": {
    27: 9, 28: 10, 29: 11, 30: 12, 31: 13, 32: 14, 33: 15, 34: 16, 35: 17, 37: 19, 38: 20, 39: 21, 40: 22,
    41: 23, 42: 24, 43: 25, 44: 26, 45: 27, 46: 28,
  },
  "lua/lib/stored_integer.lua": {
    50: 4, 53: 13, 54: 14, 55: 15, 56: 16, 57: 17, 58: 18, 59: 19, 60: 20, 61: 21, 62: 22,
  },
  "lua/lib/stock_held.lua": {
    65: 4, 68: 11, 69: 12, 70: 13, 71: 14, 72: 15, 73: 16, 74: 17, 75: 18, 76: 19,
  },
  "lua/lib/stock_levels.lua": {
    79: 4, 80: 5, 82: 7, 85: 13, 86: 14, 87: 15, 88: 16, 89: 17, 90: 18, 92: 20, 93: 21, 94: 22, 95: 23,
    96: 24, 97: 25, 98: 26, 99: 27, 100: 28, 101: 29, 102: 30, 103: 31, 104: 32, 105: 33, 106: 34, 107: 35,
    108: 36,
  },
  "lua/lib/stock_status.lua": {
    112: 6, 113: 7, 114: 8, 115: 9, 116: 10, 117: 11, 118: 12, 119: 13, 120: 14,
  },
  "lua/stock/adjust.lua": {
    123: 9, 124: 10, 127: 71, 128: 72, 129: 73, 131: 75, 132: 76, 133: 77, 134: 78, 135: 79, 136: 80,
    137: 81, 138: 82, 139: 83, 140: 84, 141: 85, 142: 86, 143: 87, 145: 89, 146: 90, 147: 91, 148: 92,
    150: 94, 151: 95, 152: 96, 153: 97, 154: 98, 155: 99, 156: 100, 157: 101, 158: 102, 160: 104, 161: 105,
    162: 106, 163: 107, 164: 108, 165: 109, 167: 111, 168: 112, 169: 113, 170: 114, 173: 117, 174: 118,
    175: 119, 176: 120, 177: 121, 178: 122, 179: 123, 180: 124, 181: 125, 182: 126, 183: 127, 184: 128,
    185: 129, 186: 130, 187: 131,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.adjust 1.1.1. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/misuse.lua:
--- Stops the script before it writes: its arguments do not fit together.
local function misuse(expected)
  stop("ARGUMENT", expected, 2)
end

-- From lua/lib/share_units.lua:
--- Shares a movement of units out among warehouses: a sale draws on the fullest first, a return goes to the emptiest.
local function share_units(change, levels)
  table.sort(levels, function(one, other)
    if one.quantity == other.quantity then
      return one.warehouse < other.warehouse
    end
    return (one.quantity > other.quantity) == (change < 0)
  end)
  local moves = {}
  local left = change
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local move = left
    if change < 0 then
      move = -math.min(-left, math.max(level.quantity, 0))
    end
    moves[position] = move
    left = left - move
  end
  return moves, left
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

-- From lua/stock/adjust.lua:
local MOST_UNITS = 1000000000000
local MOST_ANSWERED = 100 * MOST_UNITS

--- Moves units of a product out (a sale) or in (a return), and returns the product's total and status.
local function adjust(stock, answer, change, warehouse, backorder, low, remember_ms)
  local remembered = redis.call("GET", answer)
  if remembered then
    -- Version 1.0.0 remembered no more than the total.
    local outcome, total_then, available_then = string.match(remembered, "^(%a+) (-?%d+) ?(-?%d*)$")
    local total = stored_integer(total_then or "", "stock-operation", -MOST_ANSWERED, MOST_ANSWERED)
    local available = total
    if available_then ~= "" then
      available = stored_integer(available_then or "", "stock-operation", -2 * MOST_ANSWERED, MOST_ANSWERED)
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
  -- at most 100 warehouses
  for _, level in ipairs(levels) do
    total = total + level.quantity
    if not warehouse or warehouse == level.warehouse then
      sources[#sources + 1] = level
    end
  end
  if #sources == 0 then
    return "unknown"
  end

  local moves, left = share_units(change, sources)
  local new_total = total + change
  if change < 0 and (left < 0 or new_total < held) and not backorder then
    redis.call("SET", answer, string.format("refused %.0f %.0f", total, total - held), "PX", remember_ms)
    return "refused", false, total, stock_status(total - held, low), total - held
  end
  -- What nobody has falls to the first, on backorder.
  moves[1] = moves[1] + left
  if math.abs(sources[1].quantity + moves[1]) > MOST_UNITS then
    misuse("stock.adjust change: the level of a warehouse stays from -10^12 to 10^12")
  end

  -- at most 100 warehouses
  for position, source in ipairs(sources) do
    if moves[position] ~= 0 then
      redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
    end
  end
  redis.call("HSET", stock, "total", new_total)
  redis.call(
    "SET",
    answer,
    string.format("adjusted %.0f %.0f", new_total, new_total - held),
    "PX",
    remember_ms
  )
  return "adjusted", false, new_total, stock_status(new_total - held, low), new_total - held
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.adjust " .. argument .. ": expected " .. expected })
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

local function wrapper_read_flag(argument, text)
  if text ~= "1" and text ~= "0" then
    wrapper_refuse(argument, "1 or 0")
  end
  return text == "1"
end

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end

if #KEYS ~= 2 or #ARGV ~= 5 then
  return redis.error_reply("ARGUMENT stock.adjust expected 2 keys and 5 arguments")
end
local arg_change = wrapper_read_integer("change", ARGV[1], -1000000000000, 1000000000000)
local arg_warehouse = wrapper_read_optional(ARGV[2], function(text)
  return wrapper_read_text("warehouse", text, 1, 256, "[%c{}]", "no control characters and no braces")
end)
local arg_backorder = wrapper_read_flag("backorder", ARGV[3])
local arg_low = wrapper_read_integer("low", ARGV[4], 0, 1000000000000)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[5], 1000, 31622400000)
local reply_outcome, reply_repeated, reply_total, reply_status, reply_available =
  adjust(KEYS[1], KEYS[2], arg_change, arg_warehouse, arg_backorder, arg_low, arg_remember_ms)
return {
  reply_outcome,
  wrapper_encode_flag(reply_repeated),
  wrapper_encode_optional(reply_total),
  wrapper_encode_optional(reply_status),
  wrapper_encode_optional(reply_available),
}
`;
