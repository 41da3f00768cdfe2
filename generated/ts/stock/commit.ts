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
  digest: "c404b5f5a41f7f9e2a4fd0a0b6fa668355afc275",
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
    6: 7, 11: 12, 12: 13, 13: 14,
  },
  "lua/lib/corrupt.lua": {
    18: 11, 19: 12, 20: 13,
  },
  "lua/lib/now_ms.lua": {
    24: 4, 25: 5, 26: 6, 27: 7,
  },
  "lua/lib/stored_integer.lua": {
    31: 4, 35: 14, 36: 15, 37: 16, 38: 17, 39: 18, 40: 19, 41: 20, 42: 21, 43: 22, 44: 23,
  },
  "lua/lib/stored_reservation.lua": {
    48: 5, 49: 6, 52: 13, 53: 14, 54: 15, 55: 16, 56: 17, 57: 18, 58: 19, 59: 20, 60: 21, 61: 22,
  },
  "lua/lib/read_reservation.lua": {
    65: 13, 66: 14, 67: 15, 68: 16, 69: 17,
  },
  "lua/lib/share_units.lua": {
    74: 10, 75: 11, 76: 12, 77: 13, 78: 14, 79: 15, 80: 16, 81: 17, 82: 18, 84: 20, 85: 21, 86: 22, 87: 23,
    88: 24, 89: 25, 90: 26, 91: 27, 92: 28, 93: 29,
  },
  "lua/lib/stock_counts.lua": {
    97: 5, 100: 12, 101: 13, 102: 14, 103: 15, 104: 16, 105: 17, 106: 18, 107: 19, 108: 20,
  },
  "lua/lib/stored_level.lua": {
    112: 4, 115: 10, 116: 11, 117: 12, 118: 13,
  },
  "lua/lib/stock_levels.lua": {
    122: 5, 124: 7, 127: 15, 128: 16, 129: 17, 130: 18, 131: 19, 132: 20, 133: 21, 134: 22, 136: 24,
    137: 25, 138: 26, 139: 27, 140: 28, 141: 29, 142: 30, 143: 31, 144: 32, 145: 33, 146: 34, 147: 35,
    148: 36, 149: 37, 150: 38, 151: 39,
  },
  "lua/lib/write_levels.lua": {
    155: 7, 157: 9, 158: 10, 159: 11, 160: 12, 161: 13, 162: 14, 164: 16, 165: 17,
  },
  "lua/lib/write_reservation.lua": {
    169: 9, 170: 10, 171: 11, 172: 12,
  },
  "lua/stock/commit.lua": {
    176: 59, 177: 60, 178: 61, 179: 62, 181: 64, 182: 65, 183: 66, 184: 67, 185: 68, 186: 69, 187: 70,
    188: 71, 189: 72, 190: 73, 191: 74, 192: 75, 193: 76, 194: 77, 196: 79, 197: 80, 198: 81, 199: 82,
    200: 83, 202: 85, 203: 86, 204: 87, 205: 88,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Redis adds the line of error() itself to an error, which is always the line below. error(text,
  -- level) adds the line at that level, but only to a text, and Redis puts ERR in front of a text,
  -- where clients look for the code. So the first error() only finds out the position,
  -- "user_script:<line>: ", and the second one ends the script.
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

-- From lua/lib/stored_reservation.lua:
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

-- From lua/lib/read_reservation.lua:
--- Reads one reservation and when it ends.
local function read_reservation(reservations, reservation_ends, reservation)
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local score = redis.call("ZSCORE", reservation_ends, reservation)
  return state, units, stored_integer(score, "end of a reservation")
end

-- From lua/lib/share_units.lua:
--- Divides a change of units among warehouses: a sale takes from the fullest first, a return goes
--- to the emptiest.
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

-- From lua/lib/stock_counts.lua:
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

-- From lua/lib/stored_level.lua:
-- The upper bound of the type level.
local MAX_STORED_LEVEL = 1000000000000

--- Reads the level of a warehouse.
local function stored_level(value)
  local level = stored_integer(value, "level of a warehouse", -MAX_STORED_LEVEL, MAX_STORED_LEVEL)
  return level
end

-- From lua/lib/stock_levels.lua:
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

-- From lua/lib/write_levels.lua:
--- Writes the levels that moves change, together with other fields of the stock, by one command.
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

-- From lua/lib/write_reservation.lua:
--- Writes the state of one reservation, and when that state ends.
local function write_reservation(reservations, reservation_ends, reservation, state, units, ends_at_ms)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", state, units))
  redis.call("ZADD", reservation_ends, ends_at_ms, reservation)
end

-- From lua/stock/commit.lua:
--- Sells the units that a reservation holds: they leave the stock.
local function commit(stock, reservations, reservation_ends, reservation, warehouse, remember_ms)
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
  return "committed", total - units, total - held
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.commit " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 3 then
  return redis.error_reply("ARGUMENT stock.commit expected 3 keys and 3 arguments")
end
local arg_reservation =
  wrapper_read_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_warehouse = wrapper_read_optional(ARGV[2], function(text)
  return wrapper_read_text("warehouse", text, 1, 256, "[%c{}]", "no control characters and no braces")
end)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[3], 1000, 31622400000)
local reply_outcome, reply_total, reply_available =
  commit(KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_warehouse, arg_remember_ms)
return { reply_outcome, wrapper_encode_optional(reply_total), wrapper_encode_optional(reply_available) }
`;
