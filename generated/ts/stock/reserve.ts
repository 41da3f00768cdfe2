// stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.reserve`. */
export interface StockReserveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names one thing: a product, a warehouse, an owner. Safe as a part of a key. 1 to 256 bytes. */
  readonly reservation: string;
  /** Things that somebody wants, at least one. Units, 1 to 1,000,000,000,000. */
  readonly units: number;
  /** How long the units are held unless committed. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /** How long reservations that this call ends are known. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `stock.reserve`: `outcome` says what happened. */
export type StockReserveReply =
  | {
      /** `reserved` */
      readonly outcome: "reserved";
      /** Units, after this reservation. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
      /**
       * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000.
       */
      readonly leaseEndsMs: number;
    }
  | {
      /** `refused`: too few available. */
      readonly outcome: "refused";
      /** Units, after this reservation. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /**
       * - `mismatch`: held with other units.
       * - `already_committed`
       * - `released`
       * - `expired`
       * - `unknown`: no such stock yet.
       */
      readonly outcome: "mismatch" | "already_committed" | "released" | "expired" | "unknown";
    };

/** The function of `stock.reserve`. A tenant's `stock` has it. */
export interface StockReserveOperation {
  /**
   * Holds units of a product for a while, for an order that is not paid yet.
   *
   * Available is the total of all warehouses without what is held. A reservation is taken whole or
   * refused whole. It ends by commit, by release, or with its lease, by Redis's clock. Leases that
   * are over are ended on the way, 100 at most: where more have piled up unswept, units may be
   * refused that the next calls free.
   *
   * What a reservation ended by is known for the rememberMs of the call that ended it: where the
   * lease ran out, the next reserve or sweep of the product. So all callers of a product pass the
   * same.
   *
   * Outcomes:
   * - `reserved`
   * - `refused`: too few available.
   * - `mismatch`: held with other units.
   * - `already_committed`
   * - `released`
   * - `expired`
   * - `unknown`: no such stock yet.
   *
   * Units: `units`, `available` in units; `leaseMs`, `rememberMs` in milliseconds; `leaseEndsMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(E log R), E the leases that it ends, at most 100, R the product's reservations.
   *
   * Retry: safe. Within the rememberMs of all callers, a reservation that is held already is
   * "reserved" again, and holds nothing more.
   *
   * Lua source: `lua/stock/reserve.lua`, version 1.0.1.
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
   * // Units are held.
   * const reply = await acme.stock.reserve({
   *   product: "product-1",
   *   reservation: "cart-1",
   *   units: 3,
   *   leaseMs: 60_000,
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "reserved", available: 7, leaseEndsMs: … }
   * ```
   */
  reserve(args: StockReserveArgs, options?: CallOptions): Promise<StockReserveReply>;
}

/** The script `stock.reserve`, as a client loads and calls it. */
export const stockReserve: Script<StockReserveArgs, StockReserveReply> = {
  name: "stock.reserve",
  version: "1.0.1",
  digest: "1f63c446f0bf63e4a71b2efa9aaa4e84cb866963",
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
        argument.units.encode("units", args.units),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "reserved":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
        };
      case "refused":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
        };
      case "mismatch":
      case "already_committed":
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
  units: types.quantity,
  leaseMs: types.ms,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["reserved", "refused", "mismatch", "already_committed", "released", "expired", "unknown"]),
  available: types.available,
  leaseEndsMs: types.epochMs,
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
  "lua/stock/reserve.lua": {
    113: 10, 116: 65, 117: 66, 118: 67, 119: 68, 120: 69, 122: 71, 123: 72, 124: 73, 125: 74, 126: 75,
    127: 76, 128: 77, 129: 78, 130: 79, 131: 80, 132: 81, 133: 82, 134: 83, 135: 84, 136: 85, 137: 86,
    138: 87, 139: 88, 140: 89, 141: 90, 143: 92, 144: 93, 145: 94, 146: 95, 147: 96, 148: 97, 149: 98,
    150: 99, 151: 100, 152: 101, 153: 102, 154: 103, 155: 104, 156: 105, 157: 106, 158: 107, 159: 108,
    160: 109, 161: 110, 162: 111,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/reserve.lua:
-- So that the last pair is not refused for a cart that was given up.
local MOST_ENDED = 100

--- Holds units of a product for a while, for an order that is not paid yet.
local function reserve(stock, reservations, ends, reservation, units, lease_ms, remember_ms)
  local now = now_ms()
  local state, held_units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

  if state and not ends_at then
    corrupt("reservation without an end")
  end
  if state == "held" and now < ends_at then
    if not total then
      corrupt("total")
    elseif held_units ~= units then
      return "mismatch"
    end
    return "reserved", total - held, ends_at
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state then
    return "expired"
  end
  if not total then
    return "unknown"
  end

  local over, freed = due_reservations(reservations, ends, now, MOST_ENDED)
  if freed > held then
    corrupt("held")
  end
  local still_held = held - freed
  local forget_at = now + remember_ms
  if total - still_held < units then
    close_reservations(reservations, ends, over, forget_at)
    if freed > 0 then
      redis.call("HSET", stock, "held", still_held)
    end
    return "refused", total - still_held
  end
  local lease_ends = now + lease_ms
  close_reservations(reservations, ends, over, forget_at)
  redis.call("HSET", reservations, reservation, string.format("held %.0f", units))
  redis.call("ZADD", ends, lease_ends, reservation)
  redis.call("HSET", stock, "held", still_held + units)
  return "reserved", total - still_held - units, lease_ends
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.reserve " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 4 then
  return redis.error_reply("ARGUMENT stock.reserve expected 3 keys and 4 arguments")
end
local arg_reservation =
  wrapper_read_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_units = wrapper_read_integer("units", ARGV[2], 1, 1000000000000)
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[3], 1, 31622400000)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[4], 1000, 31622400000)
local reply_outcome, reply_available, reply_lease_ends_ms =
  reserve(KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_units, arg_lease_ms, arg_remember_ms)
return {
  reply_outcome,
  wrapper_encode_optional(reply_available),
  wrapper_encode_optional(reply_lease_ends_ms),
}
`;
