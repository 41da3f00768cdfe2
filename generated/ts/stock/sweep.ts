// stock.sweep 1.0.1. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.sweep`. */
export interface StockSweepArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** How many reservations to deal with. Things, 1 to 1,000. */
  readonly limit: number;
  /**
   * How long it is known that a reservation expired; the same as in reserve. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.sweep`: `outcome` says what happened. */
export type StockSweepReply =
  | {
      /**
       * - `swept`
       * - `nothing_due`
       */
      readonly outcome: "swept" | "nothing_due";
      /** How many leases have ended. Things, 0 to 1,000. */
      readonly expired: number;
      /** How many closed reservations are known no more. Things, 0 to 1,000. */
      readonly forgotten: number;
      /**
       * Until the next one is due; absent when the product has no reservation left. Milliseconds, 0
       * to 8,640,000,000,000,000. It may be absent.
       */
      readonly waitMs: number | undefined;
    };

/** The function of `stock.sweep`. A tenant's `stock` has it. */
export interface StockSweepOperation {
  /**
   * Ends a product's reservations whose lease is over, and forgets closed ones whose time has come.
   *
   * A part of them at a time: while waitMs is 0, there is more to do. Reserving does the same on
   * its way; a sweep is for products that nobody asks for any more.
   *
   * Outcomes:
   * - `swept`
   * - `nothing_due`
   *
   * Units: `limit`, `expired`, `forgotten` in things; `rememberMs`, `waitMs` in milliseconds.
   *
   * Cost: O(limit * log R), R the product's reservations.
   *
   * Retry: safe. A second run goes on where the first one ended, and frees nothing twice.
   *
   * Lua source: `lua/stock/sweep.lua`, version 1.0.1.
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
   * // A lease that is over frees its units.
   * const reply = await acme.stock.sweep({ product: "product-1", limit: 10, rememberMs: 60_000 });
   * // reply: { outcome: "swept", expired: 1, forgotten: 0, waitMs: … }
   * ```
   */
  sweep(args: StockSweepArgs, options?: CallOptions): Promise<StockSweepReply>;
}

/** The script `stock.sweep`, as a client loads and calls it. */
export const stockSweep: Script<StockSweepArgs, StockSweepReply> = {
  name: "stock.sweep",
  version: "1.0.1",
  digest: "1438e86d4af5c7b7e7eceba5355e787bdc1b85be",
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
        argument.limit.encode("limit", args.limit),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome, expired: field.expired.decode("expired", fields[1]), forgotten: field.forgotten.decode("forgotten", fields[2]), waitMs: field.waitMs.decode("waitMs", fields[3]) };
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
  limit: types.limit,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["swept", "nothing_due"]),
  expired: types.processed,
  forgotten: types.processed,
  waitMs: optional(types.waitMs),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/close_reservations.lua": {
    6: 7, 8: 9, 9: 10, 10: 11, 11: 12, 12: 13, 13: 14, 14: 15, 15: 16, 16: 17, 17: 18,
  },
  "lua/lib/stop.lua": {
    21: 6, 24: 9, 25: 10, 26: 11,
  },
  "lua/lib/corrupt.lua": {
    30: 7, 31: 8, 32: 9,
  },
  "lua/lib/stored_integer.lua": {
    36: 4, 39: 13, 40: 14, 41: 15, 42: 16, 43: 17, 44: 18, 45: 19, 46: 20, 47: 21, 48: 22,
  },
  "lua/lib/stored_reservation.lua": {
    51: 4, 52: 5, 55: 12, 56: 13, 57: 14, 58: 15, 59: 16, 60: 17, 61: 18, 62: 19, 63: 20, 64: 21,
  },
  "lua/lib/due_reservations.lua": {
    68: 12, 69: 13, 70: 14, 71: 15, 72: 16, 73: 17, 74: 18, 75: 19, 77: 21, 78: 22, 79: 23, 80: 24, 81: 25,
    82: 26, 83: 27, 84: 28, 85: 29, 86: 30, 87: 31, 88: 32,
  },
  "lua/lib/now_ms.lua": {
    92: 4, 93: 5, 94: 6, 95: 7,
  },
  "lua/lib/stock_held.lua": {
    98: 4, 101: 11, 102: 12, 103: 13, 104: 14, 105: 15, 106: 16, 107: 17, 108: 18, 109: 19,
  },
  "lua/stock/sweep.lua": {
    113: 51, 114: 52, 115: 53, 116: 54, 117: 55, 118: 56, 119: 57, 120: 58, 121: 59, 123: 61, 125: 63,
    126: 64, 127: 65, 128: 66, 129: 67, 130: 68, 131: 69, 132: 70, 133: 71, 134: 72, 135: 73, 136: 74,
    137: 75, 138: 76, 140: 78, 141: 79, 142: 80, 143: 81, 144: 82,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.sweep 1.0.1. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/close_reservations.lua:
--- Writes what \`due_reservations\` found: held ones have expired, closed ones are forgotten.
local function close_reservations(reservations, ends, due, forget_at)
  -- at most 1000 reservations
  for _, one in ipairs(due) do
    if one.state == "held" then
      redis.call("HSET", reservations, one.name, string.format("expired %.0f", one.units))
      redis.call("ZADD", ends, forget_at, one.name)
    else
      redis.call("HDEL", reservations, one.name)
      redis.call("ZREM", ends, one.name)
    end
  end
end

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

-- From lua/lib/due_reservations.lua:
--- A product's reservations that are over, the earliest first: held ones whose lease has ended, closed ones to forget.
local function due_reservations(reservations, ends, now, limit)
  local due = {}
  local freed = 0
  local names = redis.call("ZRANGE", ends, "-inf", now, "BYSCORE", "LIMIT", 0, limit)
  if #names == 0 then
    return due, freed
  end
  local stored = redis.call("HMGET", reservations, unpack(names))
  -- at most 1000 reservations
  for position, name in ipairs(names) do
    local state, units = stored_reservation(stored[position])
    if not state then
      corrupt("reservation", 2)
    end
    due[position] = { name = name, state = state, units = units }
    if state == "held" then
      freed = freed + units
    end
  end
  return due, freed
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/stock/sweep.lua:
--- Ends a product's reservations whose lease is over, and forgets closed ones whose time has come.
local function sweep(stock, reservations, ends, limit, remember_ms)
  local now = now_ms()
  local _, held = stock_held(stock)
  local over, freed = due_reservations(reservations, ends, now, limit)
  local after = redis.call("ZRANGE", ends, #over, #over, "WITHSCORES")
  local next_end = stored_integer(after[2] or false, "end of a reservation")
  if freed > held then
    corrupt("held")
  end

  local expired = 0
  -- at most 1000 reservations
  for _, one in ipairs(over) do
    if one.state == "held" then
      expired = expired + 1
    end
  end
  local forget_at = now + remember_ms
  local next_ms = next_end and math.max(next_end - now, 0)
  if expired > 0 and (not next_ms or next_ms > remember_ms) then
    next_ms = remember_ms
  end
  if #over == 0 then
    return "nothing_due", 0, 0, next_ms
  end
  close_reservations(reservations, ends, over, forget_at)
  -- Without a reservation that was held, there may be no stock any more.
  if freed > 0 then
    redis.call("HSET", stock, "held", held - freed)
  end
  return "swept", expired, #over - expired, next_ms
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.sweep " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT stock.sweep expected 3 keys and 2 arguments")
end
local arg_limit = wrapper_read_integer("limit", ARGV[1], 1, 1000)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[2], 1000, 31622400000)
local reply_outcome, reply_expired, reply_forgotten, reply_wait_ms =
  sweep(KEYS[1], KEYS[2], KEYS[3], arg_limit, arg_remember_ms)
return { reply_outcome, reply_expired, reply_forgotten, wrapper_encode_optional(reply_wait_ms) }
`;
