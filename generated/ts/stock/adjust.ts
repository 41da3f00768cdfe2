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
  /**
   * Below zero for a sale, above zero for a return. Units, -1,000,000,000,000 to 1,000,000,000,000.
   */
  readonly change: number;
  /** Only this warehouse; absent: all warehouses of the product. 1 to 256 bytes. */
  readonly warehouse?: string | undefined;
  /** A sale may take the level below zero. */
  readonly backorder: boolean;
  /**
   * At this number of available units or below, the product counts as low. Units, 0 to
   * 1,000,000,000,000.
   */
  readonly low: number;
  /** How long the answer of this operation is remembered. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `stock.adjust`: `outcome` says what happened. */
export type StockAdjustReply =
  | {
      /**
       * - `adjusted`: the stock has changed.
       * - `refused`: too few units are available.
       */
      readonly outcome: "adjusted" | "refused";
      /** This is the remembered answer of an earlier call. */
      readonly repeated: boolean;
      /**
       * Over all warehouses, after this operation. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /** Of the available units. */
      readonly status: types.StockStatus;
      /**
       * The total minus held units, after this operation. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /** `unknown`: the product or the warehouse has no stock, and no answer is remembered. */
      readonly outcome: "unknown";
    };

/** The function of `stock.adjust`. A tenant's `stock` has it. */
export interface StockAdjustOperation {
  /**
   * Changes a product's stock by a sale or a return, and returns its total and status.
   *
   * The script adjusts or refuses a sale as a whole. It refuses a sale if the warehouses have too
   * few units, or if the total would fall below held. Available = total - held. A negative level
   * lowers the total. A reservation whose lease has ended stays in `held` until a reserve, a sweep
   * or a release ends it.
   *
   * `backorder` skips both checks. Such a sale may take held units; `commit` then returns "short"
   * for their reservations until there is stock again.
   *
   * Without a warehouse, a sale takes units from the fullest warehouse first, and a return goes to
   * the emptiest.
   *
   * The script remembers its answer for rememberMs. If the same operation is sent again, the script
   * returns that answer and changes nothing. After rememberMs, the same operation runs again as a
   * new one.
   *
   * Outcomes:
   * - `adjusted`: the stock has changed.
   * - `refused`: too few units are available.
   * - `unknown`: the product or the warehouse has no stock, and no answer is remembered.
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
   * // A sale takes units from the fullest warehouse first.
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
  digest: "bdf7b2bc0255e73a293758d4d8d659dabbb52dd4",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/invalid_argument.lua": {
    25: 8, 26: 9, 27: 10,
  },
  "lua/lib/stock/share_units.lua": {
    32: 10, 33: 11, 34: 12, 35: 13, 36: 14, 37: 15, 38: 16, 39: 17, 40: 18, 42: 20, 43: 21, 44: 22, 45: 23,
    46: 24, 47: 25, 48: 26, 49: 27, 50: 28, 51: 29,
  },
  "lua/lib/stored_integer.lua": {
    55: 4, 59: 14, 60: 15, 61: 16, 62: 17, 63: 18, 64: 19, 65: 20, 66: 21, 67: 22, 68: 23,
  },
  "lua/lib/stock/stock_counts.lua": {
    72: 5, 75: 12, 76: 13, 77: 14, 78: 15, 79: 16, 80: 17, 81: 18, 82: 19, 83: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    87: 4, 90: 10, 91: 11, 92: 12, 93: 13,
  },
  "lua/lib/stock/stock_levels.lua": {
    97: 5, 99: 7, 102: 15, 103: 16, 104: 17, 105: 18, 106: 19, 107: 20, 108: 21, 109: 22, 111: 24, 112: 25,
    113: 26, 114: 27, 115: 28, 116: 29, 117: 30, 118: 31, 119: 32, 120: 33, 121: 34, 122: 35, 123: 36,
    124: 37, 125: 38, 126: 39,
  },
  "lua/lib/stock/stock_status.lua": {
    130: 6, 131: 7, 132: 8, 133: 9, 134: 10, 135: 11, 136: 12, 137: 13, 138: 14,
  },
  "lua/lib/stock/write_levels.lua": {
    142: 7, 144: 9, 145: 10, 146: 11, 147: 12, 148: 13, 149: 14, 151: 16, 152: 17,
  },
  "lua/stock/adjust.lua": {
    156: 11, 158: 13, 195: 86, 196: 86, 197: 86, 198: 86, 199: 86, 200: 86, 201: 86, 202: 86, 203: 86,
    204: 86, 205: 87, 206: 88, 207: 89, 208: 90, 209: 91, 210: 92, 211: 93, 212: 94, 213: 95, 214: 96,
    215: 97, 216: 98, 217: 99, 219: 101, 220: 102, 221: 103, 222: 104, 223: 105, 225: 107, 226: 108,
    227: 109, 228: 110, 229: 111, 230: 112, 231: 113, 233: 115, 234: 116, 235: 117, 236: 118, 238: 120,
    239: 121, 240: 122, 241: 123, 242: 124,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.adjust 1.1.1. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/invalid_argument.lua:
--- Ends the script with the error ARGUMENT: its arguments contradict each other or stored values.
local function invalid_argument(expected)
  raise("ARGUMENT", expected, 2)
end

-- From lua/lib/stock/share_units.lua:
--- Divides a change of units among warehouses. A sale takes units from the fullest warehouse first.
--- A return goes to the emptiest.
local function share_units(change, levels)
  table.sort(levels, function(first, second)
    if first.quantity == second.quantity then
      return first.warehouse < second.warehouse
    end
    return (first.quantity > second.quantity) == (change < 0)
  end)
  local moves = {}
  local remaining = change
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local move = remaining
    if change < 0 then
      move = -math.min(-remaining, math.max(level.quantity, 0))
    end
    moves[position] = move
    remaining = remaining - move
  end
  return moves, remaining
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

-- From lua/lib/stock/write_levels.lua:
--- Writes the levels that \`moves\` changes and other fields of the stock, in one command.
local function write_levels(stock, fields, levels, moves)
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    if moves[position] ~= 0 then
      fields[#fields + 1] = "level:" .. level.warehouse
      fields[#fields + 1] = level.quantity + moves[position]
    end
  end
  -- at most 204 values
  redis.call("HSET", stock, unpack(fields))
end

-- From lua/stock/adjust.lua:
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The upper bound of the type total.
local MAX_REMEMBERED_TOTAL = 100000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.adjust expected 2 keys and 5 arguments" }
end
local arg_change = tonumber(ARGV[1])
if not arg_change or arg_change < -1000000000000 or arg_change > 1000000000000 or arg_change % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust change: expected a whole number from -1000000000000 to 1000000000000" }
end
local arg_warehouse = ARGV[2]
if arg_warehouse == "" then
  arg_warehouse = nil
else
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.adjust warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.adjust warehouse: expected no control characters and no braces" }
  end
end
local arg_backorder = ARGV[3]
if arg_backorder ~= "1" and arg_backorder ~= "0" then
  return { err = "ARGUMENT stock.adjust backorder: expected 1 or 0" }
end
arg_backorder = arg_backorder == "1"
local arg_low = tonumber(ARGV[4])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust low: expected a whole number from 0 to 1000000000000" }
end
local arg_remember_ms_digits = ARGV[5]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT stock.adjust remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Changes a product's stock by a sale or a return, and returns its total and status.
do
  local stock, stock_operation, change, warehouse, backorder, low, remember_ms, remember_ms_digits =
    KEYS[1],
    KEYS[2],
    arg_change,
    arg_warehouse,
    arg_backorder,
    arg_low,
    arg_remember_ms,
    arg_remember_ms_digits
  local remembered = redis.call("GET", stock_operation)
  if remembered then
    local outcome, total, available = string.match(remembered, "^(%a+) (-?%d+) (-?%d+)$")
    total = stored_integer(total or "", "stock-operation", -MAX_REMEMBERED_TOTAL, MAX_REMEMBERED_TOTAL)
    available =
      stored_integer(available or "", "stock-operation", -2 * MAX_REMEMBERED_TOTAL, MAX_REMEMBERED_TOTAL)
    if outcome == "adjusted" then
      return { "adjusted", 1, total or false, stock_status(available, low) or false, available }
    elseif outcome == "refused" then
      return { "refused", 1, total or false, stock_status(available, low) or false, available }
    end
    corrupt("stock-operation")
  end

  local _, held = stock_counts(stock)
  local levels, total = stock_levels(stock, warehouse)
  if #levels == 0 then
    return "unknown"
  end

  local moves, remaining = share_units(change, levels)
  local new_total = total + change
  if change < 0 and (remaining < 0 or new_total < held) and not backorder then
    local answer = string.format("refused %.0f %.0f", total, total - held)
    redis.call("SET", stock_operation, answer, "PX", remember_ms_digits)
    return { "refused", 0, total or false, stock_status(total - held, low) or false, total - held }
  end
  -- On backorder, units that no warehouse has are booked on the first warehouse, below zero.
  moves[1] = moves[1] + remaining
  if math.abs(levels[1].quantity + moves[1]) > MAX_LEVEL then
    invalid_argument("stock.adjust change: the level of a warehouse stays from -10^12 to 10^12")
  end

  write_levels(stock, { "total", new_total }, levels, moves)
  local answer = string.format("adjusted %.0f %.0f", new_total, new_total - held)
  redis.call("SET", stock_operation, answer, "PX", remember_ms_digits)
  return { "adjusted", 0, new_total or false, stock_status(new_total - held, low) or false, new_total - held }
end
`;
