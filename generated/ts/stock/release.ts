// stock.release 1.0.1. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.release`. */
export interface StockReleaseArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /**
   * How long the script remembers that the reservation has ended. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.release`: `outcome` says what happened. */
export type StockReleaseReply =
  | {
      /** `released`: the units are available again, now or by an earlier call. */
      readonly outcome: "released";
      /** The total minus held units, now. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /**
       * - `already_committed`: the units are sold.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "already_committed" | "expired" | "unknown";
    };

/** The function of `stock.release`. A tenant's `stock` has it. */
export interface StockReleaseOperation {
  /**
   * Releases the units that a reservation holds, for an order that was cancelled.
   *
   * If the lease has ended and no reserve or sweep has ended the reservation yet, the script ends
   * it and returns "expired". Its units are available again.
   *
   * Outcomes:
   * - `released`: the units are available again, now or by an earlier call.
   * - `already_committed`: the units are sold.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, or is no longer remembered.
   *
   * Units: `rememberMs` in milliseconds; `available` in units.
   *
   * Cost: O(log R), R the product's reservations.
   *
   * Retry: safe. A released reservation is "released" again, and a second run changes nothing.
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
  digest: "1d791f5df234263303e544b37df42a74a8d9aeb4",
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
  "lua/lib/stock/stock_counts.lua": {
    74: 5, 77: 12, 78: 13, 79: 14, 80: 15, 81: 16, 82: 17, 83: 18, 84: 19, 85: 20,
  },
  "lua/lib/stock/write_reservation.lua": {
    89: 9, 90: 10, 91: 11, 92: 12,
  },
  "lua/stock/release.lua": {
    117: 54, 118: 54, 119: 54, 120: 55, 121: 56, 122: 57, 124: 59, 125: 60, 126: 61, 127: 62, 128: 63,
    129: 64, 130: 65, 131: 66, 132: 67, 133: 68, 134: 69, 135: 70, 136: 71, 137: 72, 139: 74, 140: 75,
    141: 76, 142: 77, 143: 78, 144: 79, 145: 80, 146: 81,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.release 1.0.1. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/stock/write_reservation.lua:
--- Writes the state of one reservation, and when that state ends.
local function write_reservation(reservations, reservation_ends, reservation, state, units, ends_at_ms)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", state, units))
  redis.call("ZADD", reservation_ends, ends_at_ms, reservation)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.release expected 3 keys and 2 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.release reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.release reservation: expected no control characters and no braces" }
end
local arg_remember_ms = tonumber(ARGV[2])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.release remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/stock/release.lua:
--- Releases the units that a reservation holds, for an order that was cancelled.
do
  local stock, reservations, reservation_ends, reservation, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_remember_ms
  local now = now_ms()
  local state, units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

  if not state or not units then
    return "unknown"
  elseif not ends_at or not total then
    corrupt("reservation without an end or a stock")
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return { "released", total - held }
  elseif state == "expired" then
    return "expired"
  end
  if held < units then
    corrupt("held")
  end

  local outcome = now < ends_at and "released" or "expired"
  redis.call("HSET", stock, "held", held - units)
  write_reservation(reservations, reservation_ends, reservation, outcome, units, now + remember_ms)
  if outcome == "expired" then
    return "expired"
  end
  return { "released", total - held + units }
end
`;
