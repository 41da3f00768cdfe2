// stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.commit`. */
export interface StockCommitArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /** Only from this warehouse; absent: from all warehouses of the product. 1 to 256 bytes. */
  readonly warehouse?: string | undefined;
  /**
   * How long the script remembers that the reservation is committed. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.commit`: `outcome` says what happened. */
export type StockCommitReply =
  | {
      /** `committed`: the units are sold. */
      readonly outcome: "committed";
      /**
       * Over all warehouses, after this operation. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /**
       * The total minus held units, after this operation. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `already_committed`: an earlier call committed it.
       * - `short`: the warehouses have too few units now, and the reservation stays held.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "already_committed" | "short" | "released" | "expired" | "unknown";
    };

/** The function of `stock.commit`. A tenant's `stock` has it. */
export interface StockCommitOperation {
  /**
   * Sells the units that a reservation holds: they leave the stock.
   *
   * Without a warehouse, the units come from the fullest warehouse first. When a lease has ended by
   * Redis's clock, the reservation is expired, even before a sweep.
   *
   * Outcomes:
   * - `committed`: the units are sold.
   * - `already_committed`: an earlier call committed it.
   * - `short`: the warehouses have too few units now, and the reservation stays held.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, or is no longer remembered.
   *
   * Units: `rememberMs` in milliseconds; `total`, `available` in units.
   *
   * Cost: O(W log W + log R), W the product's warehouses, at most 100, R its reservations.
   *
   * Retry: safe. A committed reservation is "already_committed", and a second run changes nothing.
   *
   * Lua source: `lua/stock/commit.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // Held units are sold.
   * const reply = await acme.stock.commit({
   *   product: "product-1",
   *   reservation: "cart-1",
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "committed", total: 9, available: 7 }
   * ```
   */
  commit(args: StockCommitArgs, options?: CallOptions): Promise<StockCommitReply>;
}

/** The script `stock.commit`, as a client loads and calls it. */
export const stockCommit: Script<StockCommitArgs, StockCommitReply> = {
  name: "stock.commit",
  version: "1.0.0",
  digest: "6d968f52d257937f77eccc559b30e202eca4f0cc",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "committed":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
        };
      case "already_committed":
      case "short":
      case "released":
      case "expired":
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
  reservation: types.id,
  warehouse: optional(types.id),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["committed", "already_committed", "short", "released", "expired", "unknown"]),
  total: types.total,
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
  "lua/lib/now_ms.lua": {
    25: 4, 26: 5, 27: 6, 28: 7,
  },
  "lua/lib/stored_integer.lua": {
    32: 4, 36: 14, 37: 15, 38: 16, 39: 17, 40: 18, 41: 19, 42: 20, 43: 21, 44: 22, 45: 23,
  },
  "lua/lib/stock/stored_reservation.lua": {
    49: 5, 50: 6, 53: 13, 54: 14, 55: 15, 56: 16, 57: 17, 58: 18, 59: 19, 60: 20, 61: 21, 62: 22,
  },
  "lua/lib/stock/read_reservation.lua": {
    66: 13, 67: 14, 68: 15, 69: 16, 70: 17,
  },
  "lua/lib/stock/share_units.lua": {
    75: 10, 76: 11, 77: 12, 78: 13, 79: 14, 80: 15, 81: 16, 82: 17, 83: 18, 85: 20, 86: 21, 87: 22, 88: 23,
    89: 24, 90: 25, 91: 26, 92: 27, 93: 28, 94: 29,
  },
  "lua/lib/stock/stock_counts.lua": {
    98: 5, 101: 12, 102: 13, 103: 14, 104: 15, 105: 16, 106: 17, 107: 18, 108: 19, 109: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    113: 4, 116: 10, 117: 11, 118: 12, 119: 13,
  },
  "lua/lib/stock/stock_levels.lua": {
    123: 5, 125: 7, 128: 15, 129: 16, 130: 17, 131: 18, 132: 19, 133: 20, 134: 21, 135: 22, 137: 24,
    138: 25, 139: 26, 140: 27, 141: 28, 142: 29, 143: 30, 144: 31, 145: 32, 146: 33, 147: 34, 148: 35,
    149: 36, 150: 37, 151: 38, 152: 39,
  },
  "lua/lib/stock/write_levels.lua": {
    156: 7, 158: 9, 159: 10, 160: 11, 161: 12, 162: 13, 163: 14, 165: 16, 166: 17,
  },
  "lua/lib/stock/write_reservation.lua": {
    170: 9, 171: 10, 172: 11, 173: 12,
  },
  "lua/stock/commit.lua": {
    209: 59, 210: 59, 211: 59, 212: 60, 213: 61, 214: 62, 216: 64, 217: 65, 218: 66, 219: 67, 220: 68,
    221: 69, 222: 70, 223: 71, 224: 72, 225: 73, 226: 74, 227: 75, 228: 76, 229: 77, 231: 79, 232: 80,
    233: 81, 234: 82, 235: 83, 237: 85, 238: 86, 239: 87, 240: 88,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/stock/stored_reservation.lua:
-- The upper bound of the type quantity.
local MAX_RESERVED = 1000000000000
local STATES = { held = true, committed = true, released = true, expired = true }

--- Reads the stored text of one reservation, such as \`held 3\`.
local function stored_reservation(value)
  if not value then
    return nil, nil
  end
  local state, digits = string.match(value, "^(%a+) (%d+)$")
  if not state or not STATES[state] then
    corrupt("reservation", 2)
  end
  return state, stored_integer(digits, "units of a reservation", 1, MAX_RESERVED)
end

-- From lua/lib/stock/read_reservation.lua:
--- Reads one reservation and when it ends.
local function read_reservation(reservations, reservation_ends, reservation)
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local score = redis.call("ZSCORE", reservation_ends, reservation)
  return state, units, stored_integer(score, "end of a reservation")
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

-- From lua/lib/stock/write_reservation.lua:
--- Writes the state of one reservation, and when that state ends.
local function write_reservation(reservations, reservation_ends, reservation, state, units, ends_at_ms)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", state, units))
  redis.call("ZADD", reservation_ends, ends_at_ms, reservation)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.commit expected 3 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.commit reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.commit reservation: expected no control characters and no braces" }
end
local arg_warehouse = ARGV[2]
if arg_warehouse == "" then
  arg_warehouse = nil
else
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.commit warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.commit warehouse: expected no control characters and no braces" }
  end
end
local arg_remember_ms = tonumber(ARGV[3])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.commit remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/stock/commit.lua:
--- Sells the units that a reservation holds: they leave the stock.
do
  local stock, reservations, reservation_ends, reservation, warehouse, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_warehouse, arg_remember_ms
  local now = now_ms()
  local state, units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

  if not state or not units then
    return "unknown"
  elseif not ends_at then
    corrupt("reservation without an end")
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "expired" or now >= ends_at then
    return "expired"
  end
  if not total or held < units then
    corrupt("held")
  end

  local levels = stock_levels(stock, warehouse)
  local moves, remaining = share_units(-units, levels)
  if remaining < 0 then
    return "short"
  end

  write_levels(stock, { "total", total - units, "held", held - units }, levels, moves)
  write_reservation(reservations, reservation_ends, reservation, "committed", units, now + remember_ms)
  return { "committed", total - units, total - held }
end
`;
