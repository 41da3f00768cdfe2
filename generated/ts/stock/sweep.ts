// stock.sweep 2.0.0. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.sweep`. */
export interface StockSweepArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** How many reservations to handle. Reservations, 1 to 250. */
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
       * - `swept`: reservations were closed or removed.
       * - `nothing_due`: there were none to close or remove.
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
   * Closes a product's reservations whose lease has ended, and removes closed ones that are no
   * longer remembered. It sets when the product is due again in the index of its slot.
   *
   * One call handles at most `limit` of them, ended leases first; while waitMs is 0, there are
   * more. If the product has no stock any more, the script closes its reservations all the same.
   *
   * Outcomes:
   * - `swept`: reservations were closed or removed.
   * - `nothing_due`: there were none to close or remove.
   *
   * Units: `limit` in reservations; `rememberMs`, `waitMs` in milliseconds; `expired`, `forgotten`
   * in things.
   *
   * Cost: O(limit * log R), R the product's reservations.
   *
   * Retry: safe. A second run continues where the first one ended, and takes no units from `held`
   * twice.
   *
   * Lua source: `lua/stock/sweep.lua`, version 2.0.0.
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
  version: "2.0.0",
  digest: "e8abdf4e305c38c6f267b9ed08cc30eca8385d2e",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<slot of tenant, product>}:slot-due",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.slotDue(scope, args.product),
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
  limit: types.sweepLimit,
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/stock/stored_reservation.lua": {
    25: 4, 27: 6, 30: 15, 31: 16, 32: 17, 33: 18, 34: 19, 35: 20, 36: 21, 37: 22, 38: 23, 39: 24, 40: 25,
  },
  "lua/lib/stock/held_reservations.lua": {
    44: 13, 45: 14, 46: 15, 47: 16, 48: 17, 50: 19, 51: 20, 52: 21, 53: 22, 54: 23, 55: 24, 56: 25, 57: 26,
    58: 27, 59: 28, 60: 29, 61: 30, 62: 31,
  },
  "lua/lib/now_ms.lua": {
    66: 4, 67: 5, 68: 6, 69: 7,
  },
  "lua/lib/slot_member.lua": {
    74: 6, 75: 7, 76: 8,
  },
  "lua/lib/stock/stock_counts.lua": {
    80: 4, 83: 15, 84: 16, 85: 17, 86: 18, 87: 19, 88: 20, 89: 21, 90: 22, 91: 23, 92: 24, 93: 25, 94: 26,
    95: 27, 96: 28,
  },
  "lua/lib/stored_integer.lua": {
    100: 4, 104: 14, 105: 15, 106: 16, 107: 17, 108: 18, 109: 19, 110: 20, 111: 21, 112: 22, 113: 23,
  },
  "lua/stock/sweep.lua": {
    137: 58, 138: 58, 139: 58, 140: 59, 141: 60, 142: 61, 143: 62, 145: 64, 146: 64, 147: 65, 148: 66,
    149: 67, 150: 68, 152: 70, 153: 71, 154: 72, 155: 73, 156: 74, 158: 76, 159: 77, 160: 78, 161: 79,
    162: 80, 163: 81, 164: 82, 165: 83, 166: 84, 167: 85, 168: 86, 169: 87, 170: 88, 171: 89, 174: 92,
    175: 93, 176: 94, 178: 96, 180: 98, 181: 99, 182: 100, 183: 101, 184: 102, 185: 103, 186: 104, 187: 105,
    188: 106, 189: 107, 190: 108, 191: 109, 192: 110, 193: 111, 194: 112, 195: 113, 196: 114, 197: 115,
    198: 116, 199: 117, 200: 118, 201: 119, 202: 120, 203: 121,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.sweep 2.0.0. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/stock/stored_reservation.lua:
-- The upper bound of the type quantity.
local MAX_RESERVED = 1000000000000
-- The upper bound of the type epoch_ms.
local MAX_TIME = 8640000000000000

--- Reads the stored text of one reservation, such as \`held 3 1767225600000\`.
local function stored_reservation(value)
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not state or not units or units < 1 or units > MAX_RESERVED or not ends_at or ends_at > MAX_TIME then
    corrupt("reservation", 2)
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    corrupt("reservation", 2)
  end
  return state, units, ends_at
end

-- From lua/lib/stock/held_reservations.lua:
--- Reads held reservations, and prepares the commands that close them.
local function held_reservations(reservations, names, state, forget_at_ms)
  local stored = redis.call("HMGET", reservations, unpack(names))
  local forget_at = string.format("%d", forget_at_ms)
  local texts, forget_times = {}, {}
  local sum = 0
  -- at most 250 reservations
  for position, name in ipairs(names) do
    local old_state, units = stored_reservation(stored[position] or "")
    if old_state ~= "held" then
      corrupt("reservation", 2)
    end
    sum = sum + units
    texts[2 * position - 1] = name
    texts[2 * position] = string.format("%s %d %s", state, units, forget_at)
    forget_times[2 * position - 1] = forget_at
    forget_times[2 * position] = name
  end
  return texts, forget_times, sum
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/lib/stock/stock_counts.lua:
-- The upper bound of the type total.
local MAX_TOTAL = 100000000000000

--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      corrupt("total", 2)
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    corrupt("held", 2)
  end
  return total, held
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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.sweep expected 5 keys and 2 arguments" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 250 then
  return { err = "ARGUMENT stock.sweep limit: expected a whole number from 1 to 250" }
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
--- Closes a product's reservations whose lease has ended, and removes closed ones that are no longer
--- remembered. It sets when the product is due again in the index of its slot.
do
  local stock, reservations, reservation_ends, closed_reservations, slot_due, limit, remember_ms, limit_digits =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_limit, arg_remember_ms, arg_limit_digits
  local now = now_ms()
  local now_text = string.format("%d", now)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])

  local names =
    redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", limit_digits)
  local texts, forget_times, freed = nil, nil, 0
  if #names > 0 then
    texts, forget_times, freed = held_reservations(reservations, names, "expired", now + remember_ms)
  end
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and freed > held then
    corrupt("held")
  end
  local rest = limit - #names
  local forgotten = redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", "0", rest)

  local next_due = nil
  if #names > 0 then
    next_due = now + remember_ms
  end
  local next_held = redis.call("ZRANGE", reservation_ends, #names, #names, "WITHSCORES")
  local next_closed = redis.call("ZRANGE", closed_reservations, #forgotten, #forgotten, "WITHSCORES")
  local held_end = stored_integer(next_held[2] or false, "end of a reservation")
  local closed_end = stored_integer(next_closed[2] or false, "end of a reservation")
  if held_end and (not next_due or held_end < next_due) then
    next_due = held_end
  end
  if closed_end and (not next_due or closed_end < next_due) then
    next_due = closed_end
  end

  -- HLEN and ZCARD prove the types before the first write.
  redis.call("HLEN", reservations)
  redis.call("ZCARD", slot_due)
  if texts then
    -- at most 500 values
    redis.call("ZADD", closed_reservations, unpack(forget_times))
    -- at most 500 values
    redis.call("HSET", reservations, unpack(texts))
    redis.call("ZREM", reservation_ends, unpack(names))
    if total or held > freed then
      redis.call("HSET", stock, "held", math.max(held - freed, 0))
    elseif stored[2] then
      redis.call("HDEL", stock, "held")
    end
  end
  if #forgotten > 0 then
    redis.call("HDEL", reservations, unpack(forgotten))
    redis.call("ZREM", closed_reservations, unpack(forgotten))
  end
  local member = slot_member(stock)
  if next_due then
    redis.call("ZADD", slot_due, next_due, member)
  else
    redis.call("ZREM", slot_due, member)
  end
  local wait_ms = next_due and math.max(next_due - now, 0) or nil
  if #names == 0 and #forgotten == 0 then
    return { "nothing_due", 0, 0, wait_ms }
  end
  return { "swept", #names, #forgotten, wait_ms }
end
`;
