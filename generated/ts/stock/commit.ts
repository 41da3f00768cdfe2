// stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.commit`. */
export interface StockCommitArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names one thing: a product, a warehouse, an owner. Safe as a part of a key. 1 to 256 bytes. */
  readonly reservation: string;
  /** Only from this one; from all of them when absent. 1 to 256 bytes. */
  readonly warehouse?: string | undefined;
  /**
   * How long it is known that the reservation was committed. Milliseconds, 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.commit`: `outcome` says what happened. */
export type StockCommitReply =
  | {
      /** `committed` */
      readonly outcome: "committed";
      /**
       * Over all warehouses, after this operation. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /**
       * What can be sold of a product: the total without what reservations hold. Below zero when
       * shelves hold less than was promised. Units, -200,000,000,000,000 to 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `already_committed`
       * - `short`: the shelves, or those of the warehouse, have fewer units by now, and the
       *   reservation stays.
       * - `released`
       * - `expired`
       * - `unknown`: no such reservation, or forgotten.
       */
      readonly outcome: "already_committed" | "short" | "released" | "expired" | "unknown";
    };

/** The function of `stock.commit`. A tenant's `stock` has it. */
export interface StockCommitOperation {
  /**
   * Sells what a reservation holds: its units leave the shelves.
   *
   * Without a warehouse, they come from the fullest one first. A reservation whose lease is over is
   * expired, by Redis's clock, whether a sweep came by or not.
   *
   * Outcomes:
   * - `committed`
   * - `already_committed`
   * - `short`: the shelves, or those of the warehouse, have fewer units by now, and the reservation
   *   stays.
   * - `released`
   * - `expired`
   * - `unknown`: no such reservation, or forgotten.
   *
   * Units: `rememberMs` in milliseconds; `total`, `available` in units.
   *
   * Cost: O(W log W + log R), W the product's warehouses, at most 100, R its reservations.
   *
   * Retry: safe. What was committed is "already_committed", and moves nothing more.
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
  digest: "c115893fa69f5038964e99c8b5acacd5dd467e44",
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
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/now_ms.lua": {
    21: 4, 22: 5, 23: 6, 24: 7,
  },
  "lua/lib/share_units.lua": {
    28: 9, 29: 10, 30: 11, 31: 12, 32: 13, 33: 14, 34: 15, 35: 16, 36: 17, 38: 19, 39: 20, 40: 21, 41: 22,
    42: 23, 43: 24, 44: 25, 45: 26, 46: 27, 47: 28,
  },
  "lua/lib/stored_integer.lua": {
    51: 4, 54: 13, 55: 14, 56: 15, 57: 16, 58: 17, 59: 18, 60: 19, 61: 20, 62: 21, 63: 22,
  },
  "lua/lib/stock_held.lua": {
    66: 4, 69: 11, 70: 12, 71: 13, 72: 14, 73: 15, 74: 16, 75: 17, 76: 18, 77: 19,
  },
  "lua/lib/stock_levels.lua": {
    80: 4, 81: 5, 83: 7, 86: 13, 87: 14, 88: 15, 89: 16, 90: 17, 91: 18, 93: 20, 94: 21, 95: 22, 96: 23,
    97: 24, 98: 25, 99: 26, 100: 27, 101: 28, 102: 29, 103: 30, 104: 31, 105: 32, 106: 33, 107: 34, 108: 35,
    109: 36,
  },
  "lua/lib/stored_reservation.lua": {
    112: 4, 113: 5, 116: 12, 117: 13, 118: 14, 119: 15, 120: 16, 121: 17, 122: 18, 123: 19, 124: 20,
    125: 21,
  },
  "lua/stock/commit.lua": {
    129: 54, 130: 55, 131: 56, 132: 57, 133: 58, 135: 60, 136: 61, 137: 62, 138: 63, 139: 64, 140: 65,
    141: 66, 142: 67, 143: 68, 144: 69, 145: 70, 146: 71, 147: 72, 148: 73, 150: 75, 152: 77, 153: 78,
    154: 79, 155: 80, 156: 81, 157: 82, 158: 83, 159: 84, 160: 85, 163: 88, 164: 89, 165: 90, 166: 91,
    167: 92, 168: 93, 169: 94, 170: 95, 171: 96, 172: 97,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/stored_reservation.lua:
local MOST_UNITS = 1000000000000
local STATES = { held = true, committed = true, released = true, expired = true }

--- Reads what is stored of one reservation, such as \`held 3\`.
local function stored_reservation(value)
  if not value then
    return nil, nil
  end
  local state, digits = string.match(value, "^(%a+) (%d+)$")
  if not state or not STATES[state] then
    corrupt("reservation", 2)
  end
  return state, stored_integer(digits, "units of a reservation", 1, MOST_UNITS)
end

-- From lua/stock/commit.lua:
--- Sells what a reservation holds: its units leave the shelves.
local function commit(stock, reservations, ends, reservation, warehouse, remember_ms)
  local now = now_ms()
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

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

  local sources = {}
  -- at most 100 warehouses
  for _, level in ipairs(stock_levels(stock)) do
    if not warehouse or warehouse == level.warehouse then
      sources[#sources + 1] = level
    end
  end
  local moves, left = share_units(-units, sources)
  if left < 0 then
    return "short"
  end

  -- at most 100 warehouses
  for position, source in ipairs(sources) do
    if moves[position] ~= 0 then
      redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
    end
  end
  redis.call("HSET", stock, "total", total - units, "held", held - units)
  redis.call("HSET", reservations, reservation, string.format("committed %.0f", units))
  redis.call("ZADD", ends, now + remember_ms, reservation)
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
