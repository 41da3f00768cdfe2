// stock.release 1.0.1. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.release`. */
export interface StockReleaseArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names one thing: a product, a warehouse, an owner. Safe as a part of a key. 1 to 256 bytes. */
  readonly reservation: string;
  /** How long it is known that the reservation has ended. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `stock.release`: `outcome` says what happened. */
export type StockReleaseReply =
  | {
      /** `released` */
      readonly outcome: "released";
      /** Units, now. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /**
       * - `already_committed`
       * - `expired`
       * - `unknown`: no such reservation, or forgotten.
       */
      readonly outcome: "already_committed" | "expired" | "unknown";
    };

/** The function of `stock.release`. A tenant's `stock` has it. */
export interface StockReleaseOperation {
  /**
   * Gives back what a reservation holds, for an order that was given up.
   *
   * A reservation whose lease is over gives back, too, unless it was swept before; it is "expired"
   * all the same.
   *
   * Outcomes:
   * - `released`
   * - `already_committed`
   * - `expired`
   * - `unknown`: no such reservation, or forgotten.
   *
   * Units: `rememberMs` in milliseconds; `available` in units.
   *
   * Cost: O(log R), R the product's reservations.
   *
   * Retry: safe. What was released is "released" again, and gives nothing more.
   *
   * Lua source: `lua/stock/release.lua`, version 1.0.1.
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
   * // Held units are available again.
   * const reply = await acme.stock.release({
   *   product: "product-1",
   *   reservation: "cart-1",
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "released", available: 10 }
   * ```
   */
  release(args: StockReleaseArgs, options?: CallOptions): Promise<StockReleaseReply>;
}

/** The script `stock.release`, as a client loads and calls it. */
export const stockRelease: Script<StockReleaseArgs, StockReleaseReply> = {
  name: "stock.release",
  version: "1.0.1",
  digest: "f028764a990a73cda0b754876c51c9b02512b0dc",
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
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "released":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
        };
      case "already_committed":
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
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["released", "already_committed", "expired", "unknown"]),
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
  "lua/lib/stored_integer.lua": {
    28: 4, 31: 13, 32: 14, 33: 15, 34: 16, 35: 17, 36: 18, 37: 19, 38: 20, 39: 21, 40: 22,
  },
  "lua/lib/stock_held.lua": {
    43: 4, 46: 11, 47: 12, 48: 13, 49: 14, 50: 15, 51: 16, 52: 17, 53: 18, 54: 19,
  },
  "lua/lib/stored_reservation.lua": {
    57: 4, 58: 5, 61: 12, 62: 13, 63: 14, 64: 15, 65: 16, 66: 17, 67: 18, 68: 19, 69: 20, 70: 21,
  },
  "lua/stock/release.lua": {
    74: 51, 75: 52, 76: 53, 77: 54, 78: 55, 80: 57, 81: 58, 82: 59, 83: 60, 84: 61, 85: 62, 86: 63, 87: 64,
    88: 65, 89: 66, 90: 67, 91: 68, 92: 69, 93: 70, 95: 72, 96: 73, 97: 74, 98: 75, 99: 76, 100: 77,
    101: 78, 102: 79, 103: 80,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.release 1.0.1. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/release.lua:
--- Gives back what a reservation holds, for an order that was given up.
local function release(stock, reservations, ends, reservation, remember_ms)
  local now = now_ms()
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

  if not state or not units then
    return "unknown"
  elseif not ends_at or not total then
    corrupt("reservation without an end or a stock")
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released", total - held
  elseif state == "expired" then
    return "expired"
  end
  if held < units then
    corrupt("held")
  end

  local outcome = now < ends_at and "released" or "expired"
  redis.call("HSET", stock, "held", held - units)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", outcome, units))
  redis.call("ZADD", ends, now + remember_ms, reservation)
  if outcome == "expired" then
    return "expired"
  end
  return "released", total - held + units
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.release " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT stock.release expected 3 keys and 2 arguments")
end
local arg_reservation =
  wrapper_read_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[2], 1000, 31622400000)
local reply_outcome, reply_available = release(KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_remember_ms)
return { reply_outcome, wrapper_encode_optional(reply_available) }
`;
