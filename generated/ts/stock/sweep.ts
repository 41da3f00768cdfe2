// stock.sweep 1.0.1. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.sweep`. */
export interface StockSweepArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** How many reservations to handle. Things, 1 to 1,000. */
  readonly limit: number;
  /**
   * How long the script remembers that a reservation expired; the same as in reserve. Milliseconds,
   * 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.sweep`: `outcome` says what happened. */
export type StockSweepReply =
  | {
      /**
       * - `swept`: reservations were ended or removed.
       * - `nothing_due`: there were none to end or remove.
       */
      readonly outcome: "swept" | "nothing_due";
      /** How many reservations have expired. Things, 0 to 1,000. */
      readonly expired: number;
      /** How many closed reservations were removed. Things, 0 to 1,000. */
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
   * Ends a product's reservations whose lease has ended, and removes closed ones that are no longer
   * remembered.
   *
   * One call handles at most `limit` of them; while waitMs is 0, there are more. A reserve does the
   * same, so sweeps are for products that nobody reserves any more.
   *
   * Outcomes:
   * - `swept`: reservations were ended or removed.
   * - `nothing_due`: there were none to end or remove.
   *
   * Units: `limit`, `expired`, `forgotten` in things; `rememberMs`, `waitMs` in milliseconds.
   *
   * Cost: O(limit * log R), R the product's reservations.
   *
   * Retry: safe. A second run continues where the first one ended, and takes no units from `held`
   * twice.
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
   * // The units of a reservation whose lease has ended are available again.
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
  digest: "248f8ef9a349678adf065c1d59f8eae863a6ccf1",
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
  "lua/lib/stock/stock_counts.lua": {
    113: 5, 116: 12, 117: 13, 118: 14, 119: 15, 120: 16, 121: 17, 122: 18, 123: 19, 124: 20,
  },
  "lua/stock/sweep.lua": {
    147: 56, 148: 56, 149: 56, 150: 57, 151: 58, 152: 59, 153: 60, 154: 61, 155: 62, 156: 63, 157: 64,
    159: 66, 161: 68, 162: 69, 163: 70, 164: 71, 165: 72, 166: 73, 167: 74, 168: 75, 169: 76, 170: 77,
    171: 78, 172: 79, 173: 80, 174: 81, 176: 83, 177: 84, 178: 85, 179: 86, 180: 87,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.sweep 1.0.1. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.sweep expected 3 keys and 2 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 1000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT stock.sweep limit: expected a whole number from 1 to 1000" }
end
local arg_remember_ms = tonumber(ARGV[2])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.sweep remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/stock/sweep.lua:
--- Ends a product's reservations whose lease has ended, and removes closed ones that are no longer
--- remembered.
do
  local stock, reservations, reservation_ends, limit, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], arg_limit, arg_remember_ms
  local now = now_ms()
  local _, held = stock_counts(stock)
  local due, freed = due_reservations(reservations, reservation_ends, now, limit)
  local following = redis.call("ZRANGE", reservation_ends, #due, #due, "WITHSCORES")
  local next_end = stored_integer(following[2] or false, "end of a reservation")
  if freed > held then
    corrupt("held")
  end

  local expired = 0
  -- at most 1000 reservations
  for _, reservation in ipairs(due) do
    if reservation.state == "held" then
      expired = expired + 1
    end
  end
  local forget_at = now + remember_ms
  local next_ms = next_end and math.max(next_end - now, 0)
  if expired > 0 and (not next_ms or next_ms > remember_ms) then
    next_ms = remember_ms
  end
  if #due == 0 then
    return { "nothing_due", 0, 0, next_ms }
  end
  close_reservations(reservations, reservation_ends, due, forget_at)
  -- If \`held\` does not change, the stock may not exist any more, and must not be created.
  if freed > 0 then
    redis.call("HSET", stock, "held", held - freed)
  end
  return { "swept", expired, #due - expired, next_ms }
end
`;
