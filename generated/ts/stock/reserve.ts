// stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.reserve`. */
export interface StockReserveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /** How many units to hold. Units, 1 to 1,000,000,000,000. */
  readonly units: number;
  /** How long the units are held unless committed. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /**
   * How long the script remembers reservations that this call ends; the same value for all callers
   * of the product. Milliseconds, 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.reserve`: `outcome` says what happened. */
export type StockReserveReply =
  | {
      /** `reserved`: the units are held. */
      readonly outcome: "reserved";
      /**
       * The total minus held units, after this call. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
      /** When the lease ends. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
    }
  | {
      /** `refused`: too few units are available. */
      readonly outcome: "refused";
      /**
       * The total minus held units, after this call. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `mismatch`: the reservation holds another number of units.
       * - `already_committed`: it was committed before.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the product has no stock.
       */
      readonly outcome: "mismatch" | "already_committed" | "released" | "expired" | "unknown";
    };

/** The function of `stock.reserve`. A tenant's `stock` has it. */
export interface StockReserveOperation {
  /**
   * Holds units of a product for a while, for an order that is not paid yet.
   *
   * Available = total - held, over all warehouses. The script holds or refuses a reservation as a
   * whole. A reservation ends by commit, by release, or with its lease, by Redis's clock.
   *
   * First the script ends at most 100 reservations whose lease is over. If there are more, it may
   * refuse units that are available after the next calls.
   *
   * A reservation whose lease has ended stays in `held` until a later reserve, a sweep or a release
   * ends it. A product that nobody reserves again needs a sweeper: call `reserve` of
   * `moonpath/expiry`, which registers the product for it.
   *
   * The script remembers how a reservation ended for the rememberMs of the call that ended it. If
   * the lease ran out, that call is the next reserve or sweep of the product. So all callers of a
   * product must pass the same value.
   *
   * Outcomes:
   * - `reserved`: the units are held.
   * - `refused`: too few units are available.
   * - `mismatch`: the reservation holds another number of units.
   * - `already_committed`: it was committed before.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the product has no stock.
   *
   * Units: `units`, `available` in units; `leaseMs`, `rememberMs` in milliseconds; `leaseEndsMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(E log R), E the leases that it ends, at most 100, R the product's reservations.
   *
   * Retry: safe. While Redis remembers the reservation, a second run holds no more units, and a
   * held reservation is "reserved" again; after that, a second run holds the units again.
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
  digest: "36044501d981d427c2f0aa9ae5d8e8ff0e9b90da",
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
  "lua/lib/stock/write_reservation.lua": {
    6: 9, 7: 10, 8: 11, 9: 12,
  },
  "lua/lib/stock/close_reservations.lua": {
    14: 10, 16: 12, 17: 13, 18: 14, 19: 15, 20: 16, 21: 17, 22: 18, 23: 19, 24: 20, 25: 21,
  },
  "lua/lib/raise.lua": {
    29: 7, 35: 13, 36: 14, 37: 15,
  },
  "lua/lib/corrupt.lua": {
    42: 11, 43: 12, 44: 13,
  },
  "lua/lib/stored_integer.lua": {
    48: 4, 52: 14, 53: 15, 54: 16, 55: 17, 56: 18, 57: 19, 58: 20, 59: 21, 60: 22, 61: 23,
  },
  "lua/lib/stock/stored_reservation.lua": {
    65: 5, 66: 6, 69: 13, 70: 14, 71: 15, 72: 16, 73: 17, 74: 18, 75: 19, 76: 20, 77: 21, 78: 22,
  },
  "lua/lib/stock/due_reservations.lua": {
    82: 14, 83: 15, 84: 16, 85: 17, 86: 18, 87: 19, 88: 20, 89: 21, 91: 23, 92: 24, 93: 25, 94: 26, 95: 27,
    96: 28, 97: 29, 98: 30, 99: 31, 100: 32, 101: 33, 102: 34,
  },
  "lua/lib/now_ms.lua": {
    106: 4, 107: 5, 108: 6, 109: 7,
  },
  "lua/lib/stock/read_reservation.lua": {
    113: 13, 114: 14, 115: 15, 116: 16, 117: 17,
  },
  "lua/lib/stock/stock_counts.lua": {
    121: 5, 124: 12, 125: 13, 126: 14, 127: 15, 128: 16, 129: 17, 130: 18, 131: 19, 132: 20,
  },
  "lua/stock/reserve.lua": {
    136: 10, 168: 78, 169: 78, 170: 78, 171: 79, 172: 80, 173: 81, 175: 83, 176: 84, 177: 85, 178: 86,
    179: 87, 180: 88, 181: 89, 182: 90, 183: 91, 184: 92, 185: 93, 186: 94, 187: 95, 188: 96, 189: 97,
    190: 98, 191: 99, 192: 100, 193: 101, 194: 102, 196: 104, 197: 105, 198: 106, 199: 107, 200: 108,
    201: 109, 202: 110, 203: 111, 204: 112, 205: 113, 206: 114, 207: 115, 208: 116, 209: 117, 210: 118,
    211: 119, 212: 120, 213: 121, 214: 122,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/write_reservation.lua:
--- Writes the state of one reservation, and when that state ends.
local function write_reservation(reservations, reservation_ends, reservation, state, units, ends_at_ms)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", state, units))
  redis.call("ZADD", reservation_ends, ends_at_ms, reservation)
end

-- From lua/lib/stock/close_reservations.lua:
--- Writes what \`due_reservations\` found: a held reservation becomes expired, a closed one is
--- removed.
local function close_reservations(reservations, reservation_ends, due, forget_at_ms)
  -- at most 1000 reservations
  for _, reservation in ipairs(due) do
    if reservation.state == "held" then
      local name, units = reservation.name, reservation.units
      write_reservation(reservations, reservation_ends, name, "expired", units, forget_at_ms)
    else
      redis.call("HDEL", reservations, reservation.name)
      redis.call("ZREM", reservation_ends, reservation.name)
    end
  end
end

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

-- From lua/lib/stock/due_reservations.lua:
--- Reads the reservations of a product whose time is over. The earliest comes first.
local function due_reservations(reservations, reservation_ends, now, limit)
  local due = {}
  local freed = 0
  local names = redis.call("ZRANGE", reservation_ends, "-inf", now, "BYSCORE", "LIMIT", "0", limit)
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
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stock/read_reservation.lua:
--- Reads one reservation and when it ends.
local function read_reservation(reservations, reservation_ends, reservation)
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local score = redis.call("ZSCORE", reservation_ends, reservation)
  return state, units, stored_integer(score, "end of a reservation")
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

-- From lua/stock/reserve.lua:
-- The maximum number of ended leases that one call handles before it compares the available units.
local MAX_ENDED = 100

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.reserve expected 3 keys and 4 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.reserve reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.reserve reservation: expected no control characters and no braces" }
end
local arg_units = tonumber(ARGV[2])
if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve units: expected a whole number from 1 to 1000000000000" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_remember_ms = tonumber(ARGV[4])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.reserve remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Holds units of a product for a while, for an order that is not paid yet.
do
  local stock, reservations, reservation_ends, reservation, units, lease_ms, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_units, arg_lease_ms, arg_remember_ms
  local now = now_ms()
  local state, held_units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

  if state and not ends_at then
    corrupt("reservation without an end")
  end
  if state == "held" and now < ends_at then
    if not total then
      corrupt("total")
    elseif held_units ~= units then
      return "mismatch"
    end
    return { "reserved", total - held, ends_at }
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

  local due, freed = due_reservations(reservations, reservation_ends, now, MAX_ENDED)
  if freed > held then
    corrupt("held")
  end
  local still_held = held - freed
  local forget_at = now + remember_ms
  if total - still_held < units then
    close_reservations(reservations, reservation_ends, due, forget_at)
    if freed > 0 then
      redis.call("HSET", stock, "held", still_held)
    end
    return { "refused", total - still_held }
  end
  local lease_ends = now + lease_ms
  close_reservations(reservations, reservation_ends, due, forget_at)
  write_reservation(reservations, reservation_ends, reservation, "held", units, lease_ends)
  redis.call("HSET", stock, "held", still_held + units)
  return { "reserved", total - still_held - units, lease_ends }
end
`;
