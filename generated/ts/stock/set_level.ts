// stock.set_level 1.0.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.set_level`. */
export interface StockSetLevelArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The warehouse that counted. 1 to 256 bytes. */
  readonly warehouse: string;
  /** In the warehouse at the time of the count. Units, 0 to 1,000,000,000,000. */
  readonly quantity: number;
  /** The warehouse's event number; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
  /**
   * At this number of available units or below, the product counts as low. Units, 0 to
   * 1,000,000,000,000.
   */
  readonly low: number;
  /**
   * As levels returned it when the count began; ignored if the warehouse has no level. Units,
   * -9,000,000,000,000,000 to 9,000,000,000,000,000.
   */
  readonly moved?: number | undefined;
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
      /**
       * Over all warehouses; 0 if the product was forgotten. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /** Of the available units. */
      readonly status: types.StockStatus;
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /** `full`: 100 other warehouses already have the product. */
      readonly outcome: "full";
      /**
       * How many of the 100 warehouses are empty, so that drop_warehouse can remove them. Things, 0
       * to 1,000.
       */
      readonly empty: number;
    };

/** The function of `stock.set_level`. A tenant's `stock` has it. */
export interface StockSetLevelOperation {
  /**
   * Sets one warehouse's stock of a product and returns the product's total and status.
   *
   * The quantity is what the warehouse counted. It includes held units. Events may arrive twice or
   * late. An event whose sequence is not above the latest one of the warehouse changes nothing.
   *
   * Without `moved`, the level becomes the quantity: the event must come after all sales and
   * returns that it does not know. With `moved` as `levels` returned it when the count began, sales
   * and returns since then are kept: level = quantity + (moved now - moved then).
   *
   * For 10 minutes, the script remembers the sequence of an event that was "full", and of a
   * warehouse that was forgotten. A later event that is "repeated" or "stale" because of it begins
   * the 10 minutes anew. So a late copy of a call brings no warehouse back. Use a new sequence to
   * try again.
   *
   * Outcomes:
   * - `applied`: the level is set.
   * - `repeated`: the sequence equals the latest one of the warehouse.
   * - `stale`: it is lower.
   * - `full`: 100 other warehouses already have the product.
   *
   * Units: `quantity`, `low`, `moved`, `total`, `available` in units; `empty` in things.
   *
   * Cost: O(1); O(W) for a new warehouse if the product has 50 or more, W its warehouses, at most
   * 100.
   *
   * Retry: safe. The sequence makes a second run change nothing; after the warehouse was forgotten
   * or the event was "full", for 10 minutes.
   *
   * Lua source: `lua/stock/set_level.lua`, version 1.0.0.
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
  readonly setLevel: {
    (args: StockSetLevelArgs, options?: CallOptions): Promise<StockSetLevelReply>;
    /**
     * Makes many calls of `setLevel` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 100 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly StockSetLevelArgs[], options?: CallOptions): Promise<ManyResult<StockSetLevelReply>[]>;
  };
}

/** The script `stock.set_level`, as a client loads and calls it. */
export const stockSetLevel: ManyScript<StockSetLevelArgs, StockSetLevelReply> = {
  name: "stock.set_level",
  version: "1.0.0",
  digest: "21ae52eddc0d4863f41c899e1d32991bb6fe3513",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:past-sequences",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.pastSequences(scope, args.product),
      ],
      args: [
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.quantity.encode("quantity", args.quantity),
        argument.sequence.encode("sequence", args.sequence),
        argument.low.encode("low", args.low),
        argument.moved.encode("moved", args.moved),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 5);
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
          empty: field.empty.decode("empty", fields[4]),
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 100,
    width: 5,
    digest: "fd22f4590869301b6dbc43e92475d054c7e819e2",
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  warehouse: types.id,
  quantity: types.units,
  sequence: types.sequence,
  low: types.units,
  moved: optional(types.moved),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["applied", "repeated", "stale", "full"]),
  total: types.total,
  status: types.stockStatus,
  available: types.available,
  empty: types.processed,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    6: 10, 8: 12, 9: 13, 10: 14, 11: 15, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23,
    20: 24, 21: 25,
  },
  "lua/lib/stock/stock_status.lua": {
    25: 6, 26: 7, 27: 8, 28: 9, 29: 10, 30: 11, 31: 12, 32: 13, 33: 14,
  },
  "lua/lib/stock/stored_event.lua": {
    38: 7, 40: 9, 42: 11, 43: 12, 44: 13, 45: 14, 46: 15, 47: 16, 48: 17, 49: 18, 50: 19, 51: 20, 52: 21,
  },
  "lua/lib/stored_integer.lua": {
    57: 9, 59: 11, 60: 12, 61: 13, 62: 14, 63: 15, 64: 16, 65: 17, 66: 18, 67: 19, 68: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    72: 5, 74: 7, 75: 8, 76: 9, 77: 10, 78: 11, 79: 12, 80: 13, 81: 14, 82: 15, 83: 16,
  },
  "lua/stock/set_level.lua": {
    86: 7, 88: 9, 90: 11, 92: 13, 95: 16, 96: 17, 97: 18, 99: 20, 100: 21, 101: 22, 102: 23, 103: 24,
    104: 25, 105: 26, 106: 27, 143: 101, 144: 101, 145: 101, 146: 102, 147: 103, 148: 104, 149: 105,
    150: 106, 151: 107, 153: 109, 154: 110, 155: 111, 156: 112, 157: 113, 158: 114, 159: 115, 160: 116,
    161: 117, 162: 118, 163: 119, 165: 121, 166: 122, 168: 124, 169: 125, 170: 126, 171: 127, 172: 128,
    174: 130, 175: 131, 176: 132, 178: 134, 179: 135, 180: 136, 181: 137, 182: 138, 183: 139, 184: 140,
    186: 142, 187: 143, 188: 144, 189: 145, 190: 146, 191: 147, 192: 148, 193: 149, 194: 150, 195: 151,
    196: 152, 197: 153, 198: 154, 199: 155, 200: 156, 201: 157, 202: 158,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.set_level 1.0.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
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

-- From lua/lib/stock/stored_event.lua:
--- Reads the latest event of a warehouse, such as \`17 10\`: its sequence, and its base. The level of
--- the warehouse minus the base is the running sum of what was sold and returned there.
local function stored_event(value)
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  -- The upper bound of a base: of the type level and the type moved together.
  local BASE_LIMIT = 1001000000000000
  if not value then
    return -1, 0
  end
  local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
  local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
  if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
    error({ err = "CORRUPT event of a warehouse" })
  end
  return sequence, base
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
end

-- From lua/stock/set_level.lua:
local MAX_WAREHOUSES = 100
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The sum \`moved\` begins again at 0 when it is larger than this.
local MOVED_LIMIT = 1000000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Counts the warehouses that have a level, and how many of them are empty.
local function count_levels(stock)
  local fields = redis.call("HGETALL", stock)
  local warehouses, empty = 0, 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      warehouses = warehouses + 1
      empty = empty + (tonumber(fields[position + 1]) == 0 and 1 or 0)
    end
  end
  return warehouses, empty
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.set_level expected 2 keys and 5 arguments" }
end
local arg_warehouse = ARGV[1]
if arg_warehouse == "" or #arg_warehouse > 256 then
  return { err = "ARGUMENT stock.set_level warehouse: expected 1 to 256 bytes" }
end
if string.find(arg_warehouse, "[%c{}]") then
  return { err = "ARGUMENT stock.set_level warehouse: expected no control characters and no braces" }
end
local arg_quantity = tonumber(ARGV[2])
if not arg_quantity or arg_quantity < 0 or arg_quantity > 1000000000000 or arg_quantity % 1 ~= 0 then
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
local arg_moved = tonumber(ARGV[5])
if ARGV[5] ~= "" then
  if not arg_moved or arg_moved < -9000000000000000 or arg_moved > 9000000000000000 or arg_moved % 1 ~= 0 then
    return {
      err = "ARGUMENT stock.set_level moved: expected a whole number from -9000000000000000 to 9000000000000000",
    }
  end
end

--- Sets one warehouse's stock of a product and returns the product's total and status.
do
  local stock, past_sequences, warehouse, quantity, sequence, low, moved, sequence_digits =
    KEYS[1], KEYS[2], arg_warehouse, arg_quantity, arg_sequence, arg_low, arg_moved, arg_sequence_digits
  local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
  local stored = redis.call("HMGET", stock, "total", "held", level_field, event_field)
  local total, held = stock_counts(stored[1], stored[2])
  local level = stored_level(stored[3])
  local last_sequence, base = stored_event(stored[4])
  local fields = 0

  if not level then
    fields = redis.call("HLEN", stock) - (total and 1 or 0) - (stored[2] and 1 or 0)
    local past = redis.call("HGET", past_sequences, warehouse)
    last_sequence = math.max(last_sequence, stored_integer(past, "past sequence") or -1)
  end
  if not total then
    if level or fields > 0 then
      error({ err = "CORRUPT total" })
    end
    total = 0
  end

  if sequence <= last_sequence then
    if not level then
      -- A late copy of this call must meet the sequence too.
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
    end
    local outcome = sequence == last_sequence and "repeated" or "stale"
    return { outcome, total or false, stock_status(total - held, low) or false, total - held }
  end
  -- Each warehouse has two fields.
  if fields > 2 * MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  elseif fields >= MAX_WAREHOUSES then
    -- A warehouse that somebody has repaired may lack its level or its event.
    local warehouses, empty = count_levels(stock)
    if warehouses >= MAX_WAREHOUSES or fields + (stored[4] and 1 or 2) > 2 * MAX_WAREHOUSES then
      redis.call("HSET", past_sequences, warehouse, sequence_digits)
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
      return { "full", false, false, false, empty }
    end
  end

  local moved_now = level and level - base or 0
  local new_level = quantity
  if moved and level then
    new_level = quantity + moved_now - moved
    if new_level < -MAX_LEVEL or new_level > MAX_LEVEL then
      error({ err = "ARGUMENT stock.set_level moved: the level of a warehouse stays from -10^12 to 10^12" })
    end
  end
  local new_base = new_level - moved_now
  if moved_now < -MOVED_LIMIT or moved_now > MOVED_LIMIT then
    new_base = new_level
  end
  local new_total = total - (level or 0) + new_level
  local event = string.format("%d %d", sequence, new_base)
  redis.call("HSET", stock, "total", new_total, level_field, new_level, event_field, event)
  return { "applied", new_total or false, stock_status(new_total - held, low) or false, new_total - held }
end
`;

/** Source file -> line of the Lua text below -> line of that source file. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    7: 10, 9: 12, 10: 13, 11: 14, 12: 15, 13: 16, 14: 17, 15: 18, 16: 19, 17: 20, 18: 21, 19: 22, 20: 23,
    21: 24, 22: 25,
  },
  "lua/lib/stock/stock_status.lua": {
    26: 6, 27: 7, 28: 8, 29: 9, 30: 10, 31: 11, 32: 12, 33: 13, 34: 14,
  },
  "lua/lib/stock/stored_event.lua": {
    39: 7, 41: 9, 43: 11, 44: 12, 45: 13, 46: 14, 47: 15, 48: 16, 49: 17, 50: 18, 51: 19, 52: 20, 53: 21,
  },
  "lua/lib/stored_integer.lua": {
    58: 9, 60: 11, 61: 12, 62: 13, 63: 14, 64: 15, 65: 16, 66: 17, 67: 18, 68: 19, 69: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    73: 5, 75: 7, 76: 8, 77: 9, 78: 10, 79: 11, 80: 12, 81: 13, 82: 14, 83: 15, 84: 16,
  },
  "lua/stock/set_level.lua": {
    87: 7, 89: 9, 91: 11, 93: 13, 96: 16, 97: 17, 98: 18, 100: 20, 101: 21, 102: 22, 103: 23, 104: 24,
    105: 25, 106: 26, 107: 27, 157: 101, 158: 101, 159: 101, 160: 101, 161: 101, 162: 101, 163: 101,
    164: 101, 165: 101, 166: 101, 167: 102, 168: 103, 169: 104, 170: 105, 171: 106, 172: 107, 174: 109,
    175: 110, 176: 111, 177: 112, 178: 113, 179: 114, 180: 115, 181: 116, 182: 117, 183: 118, 184: 119,
    186: 121, 187: 122, 189: 124, 190: 125, 191: 126, 192: 127, 193: 128, 195: 130, 196: 131, 197: 132,
    199: 134, 200: 135, 201: 136, 202: 137, 203: 138, 204: 139, 205: 140, 207: 142, 208: 143, 209: 144,
    210: 145, 211: 146, 212: 147, 213: 148, 214: 149, 215: 150, 216: 151, 217: 152, 218: 153, 219: 154,
    220: 155, 221: 156, 222: 157, 223: 158,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.set_level 1.0.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
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

-- From lua/lib/stock/stored_event.lua:
--- Reads the latest event of a warehouse, such as \`17 10\`: its sequence, and its base. The level of
--- the warehouse minus the base is the running sum of what was sold and returned there.
local function stored_event(value)
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  -- The upper bound of a base: of the type level and the type moved together.
  local BASE_LIMIT = 1001000000000000
  if not value then
    return -1, 0
  end
  local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
  local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
  if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
    error({ err = "CORRUPT event of a warehouse" })
  end
  return sequence, base
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
end

-- From lua/stock/set_level.lua:
local MAX_WAREHOUSES = 100
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The sum \`moved\` begins again at 0 when it is larger than this.
local MOVED_LIMIT = 1000000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Counts the warehouses that have a level, and how many of them are empty.
local function count_levels(stock)
  local fields = redis.call("HGETALL", stock)
  local warehouses, empty = 0, 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      warehouses = warehouses + 1
      empty = empty + (tonumber(fields[position + 1]) == 0 and 1 or 0)
    end
  end
  return warehouses, empty
end

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS / 2
if wrapper_calls < 1 or wrapper_calls > 100 or wrapper_calls % 1 ~= 0 or #ARGV ~= 5 * wrapper_calls then
  return { err = "ARGUMENT stock.set_level expected 1 to 100 calls, each with 2 keys and 5 arguments" }
end
-- Locals cost less than globals.
local KEYS, ARGV, xpcall, type = KEYS, ARGV, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_warehouse = ARGV[wrapper_arguments + 1]
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.set_level warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.set_level warehouse: expected no control characters and no braces" }
  end
  local arg_quantity = tonumber(ARGV[wrapper_arguments + 2])
  if not arg_quantity or arg_quantity < 0 or arg_quantity > 1000000000000 or arg_quantity % 1 ~= 0 then
    return { err = "ARGUMENT stock.set_level quantity: expected a whole number from 0 to 1000000000000" }
  end
  local arg_sequence_digits = ARGV[wrapper_arguments + 3]
  local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
    and tonumber(arg_sequence_digits)
  if not arg_sequence or arg_sequence > 9007199254740991 then
    return { err = "ARGUMENT stock.set_level sequence: expected a whole number from 0 to 9007199254740991" }
  end
  local arg_low = tonumber(ARGV[wrapper_arguments + 4])
  if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
    return { err = "ARGUMENT stock.set_level low: expected a whole number from 0 to 1000000000000" }
  end
  local arg_moved = tonumber(ARGV[wrapper_arguments + 5])
  if ARGV[wrapper_arguments + 5] ~= "" then
    if
      not arg_moved
      or arg_moved < -9000000000000000
      or arg_moved > 9000000000000000
      or arg_moved % 1 ~= 0
    then
      return {
        err = "ARGUMENT stock.set_level moved: expected a whole number from -9000000000000000 to 9000000000000000",
      }
    end
  end

  --- Sets one warehouse's stock of a product and returns the product's total and status.
  do
    local stock, past_sequences, warehouse, quantity, sequence, low, moved, sequence_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_warehouse,
      arg_quantity,
      arg_sequence,
      arg_low,
      arg_moved,
      arg_sequence_digits
    local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
    local stored = redis.call("HMGET", stock, "total", "held", level_field, event_field)
    local total, held = stock_counts(stored[1], stored[2])
    local level = stored_level(stored[3])
    local last_sequence, base = stored_event(stored[4])
    local fields = 0

    if not level then
      fields = redis.call("HLEN", stock) - (total and 1 or 0) - (stored[2] and 1 or 0)
      local past = redis.call("HGET", past_sequences, warehouse)
      last_sequence = math.max(last_sequence, stored_integer(past, "past sequence") or -1)
    end
    if not total then
      if level or fields > 0 then
        error({ err = "CORRUPT total" })
      end
      total = 0
    end

    if sequence <= last_sequence then
      if not level then
        -- A late copy of this call must meet the sequence too.
        redis.call("PEXPIRE", past_sequences, HORIZON_MS)
      end
      local outcome = sequence == last_sequence and "repeated" or "stale"
      return outcome, total or false, stock_status(total - held, low) or false, total - held
    end
    -- Each warehouse has two fields.
    if fields > 2 * MAX_WAREHOUSES then
      error({ err = "CORRUPT stock of more than 100 warehouses" })
    elseif fields >= MAX_WAREHOUSES then
      -- A warehouse that somebody has repaired may lack its level or its event.
      local warehouses, empty = count_levels(stock)
      if warehouses >= MAX_WAREHOUSES or fields + (stored[4] and 1 or 2) > 2 * MAX_WAREHOUSES then
        redis.call("HSET", past_sequences, warehouse, sequence_digits)
        redis.call("PEXPIRE", past_sequences, HORIZON_MS)
        return "full", false, false, false, empty
      end
    end

    local moved_now = level and level - base or 0
    local new_level = quantity
    if moved and level then
      new_level = quantity + moved_now - moved
      if new_level < -MAX_LEVEL or new_level > MAX_LEVEL then
        error({ err = "ARGUMENT stock.set_level moved: the level of a warehouse stays from -10^12 to 10^12" })
      end
    end
    local new_base = new_level - moved_now
    if moved_now < -MOVED_LIMIT or moved_now > MOVED_LIMIT then
      new_base = new_level
    end
    local new_total = total - (level or 0) + new_level
    local event = string.format("%d %d", sequence, new_base)
    redis.call("HSET", stock, "total", new_total, level_field, new_level, event_field, event)
    return "applied", new_total or false, stock_status(new_total - held, low) or false, new_total - held
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 5 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_at = wrapper_at + 5
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 5
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
