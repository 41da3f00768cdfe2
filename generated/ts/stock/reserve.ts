// stock.reserve 2.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.reserve`. */
export interface StockReserveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /** How many units to hold. Units, 1 to 1,000,000,000,000. */
  readonly units: number;
  /** How long the units are held unless committed. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /**
   * How long the script remembers reservations that this call closes; the same value for all
   * callers of the product. Milliseconds, 1,000 to 31,622,400,000.
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
       * - `again`: too few are available, but more leases are over than one call closes, so call
       *   again.
       * - `mismatch`: the reservation holds another number of units.
       * - `already_committed`: it was committed before.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the product has no stock.
       */
      readonly outcome: "again" | "mismatch" | "already_committed" | "released" | "expired" | "unknown";
    };

/** The function of `stock.reserve`. A tenant's `stock` has it. */
export interface StockReserveOperation {
  /**
   * Holds units of a product for a while, for an order that is not paid yet.
   *
   * Available = total - held, over all warehouses. The script holds or refuses a reservation as a
   * whole. A reservation ends by commit, by release, or with its lease, by Redis's clock. `extend`
   * makes the lease longer; a second reserve does not.
   *
   * First the script closes reservations whose lease is over, at most 200. If more are over and the
   * units are still too few, it answers "again" instead of "refused".
   *
   * The script writes the product into the index of its slot, so that the sweeper of
   * `moonpath/expiry` finds it when a lease ends. Without a sweeper, units of an ended lease are
   * available again with the next reserve of the product.
   *
   * The script remembers "refused", "again" and "unknown" under the operation, for rememberMs but
   * at most 10 minutes. A new attempt needs a new operation; the client generates one for each
   * call. The script remembers how a reservation ended for the rememberMs of the call that closed
   * it. If the lease ran out, that call is the next reserve or sweep of the product. So all callers
   * of a product must pass the same value.
   *
   * Outcomes:
   * - `reserved`: the units are held.
   * - `refused`: too few units are available.
   * - `again`: too few are available, but more leases are over than one call closes, so call again.
   * - `mismatch`: the reservation holds another number of units.
   * - `already_committed`: it was committed before.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the product has no stock.
   *
   * Units: `units`, `available` in units; `leaseMs`, `rememberMs` in milliseconds; `leaseEndsMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(E log R), E the leases that it closes, at most 200, R the product's reservations.
   *
   * Retry: safe within `rememberMs`. A reservation is known, and an answer without one is
   * remembered; a second run holds no more units.
   *
   * Lua source: `lua/stock/reserve.lua`, version 2.0.0.
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
   *   operation: "op-1",
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
  version: "2.0.0",
  digest: "636c974c64090822ad0fbdbc4c3ef798648ecfdc",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<slot of tenant, product>}:slot-due",
    "<namespace>:{<tenant>:<product>}:reserve-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.slotDue(scope, args.product),
        keys.reserveOperation(scope, args.product, operation),
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
      case "again":
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
  outcome: choiceType(["reserved", "refused", "again", "mismatch", "already_committed", "released", "expired", "unknown"]),
  available: types.available,
  leaseEndsMs: types.epochMs,
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
  "lua/stock/reserve.lua": {
    117: 10, 119: 12, 121: 14, 123: 16, 155: 97, 156: 97, 157: 97, 158: 97, 159: 97, 160: 97, 161: 97,
    162: 97, 163: 97, 164: 97, 165: 97, 166: 97, 167: 109, 168: 110, 169: 111, 170: 112, 171: 113, 173: 115,
    174: 116, 175: 117, 176: 118, 177: 119, 178: 120, 179: 121, 180: 122, 181: 123, 182: 124, 183: 125,
    184: 126, 185: 127, 187: 129, 188: 130, 189: 131, 190: 132, 191: 133, 192: 134, 193: 135, 194: 136,
    195: 137, 196: 138, 197: 139, 198: 140, 199: 141, 200: 142, 201: 143, 202: 144, 203: 145, 204: 146,
    205: 147, 206: 148, 207: 149, 208: 150, 209: 151, 210: 152, 211: 153, 212: 154, 213: 155, 214: 156,
    215: 157, 217: 159, 218: 160, 219: 161, 221: 163, 223: 165, 224: 166, 225: 167, 226: 168, 227: 169,
    228: 170, 229: 171, 230: 172, 231: 173, 232: 174, 233: 175, 234: 176, 235: 177, 236: 178, 237: 179,
    238: 180, 239: 181, 240: 182, 241: 183, 242: 184, 243: 185, 244: 186, 246: 188, 247: 189, 248: 190,
    249: 191, 250: 192, 251: 193, 252: 194, 253: 195, 254: 196, 255: 197, 256: 198, 258: 200, 259: 201,
    260: 202, 261: 203, 262: 204, 263: 205, 264: 206,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.reserve 2.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/reserve.lua:
-- The maximum number of ended leases that one call closes before it compares the available units.
local MAX_ENDED = 200
-- The maximum number of closed reservations that one call removes.
local MAX_FORGOTTEN = 10
-- The bounds of the type available.
local AVAILABLE_LIMIT = 200000000000000
-- 10 minutes: the time within which a late copy of a call must change nothing.
local HORIZON_MS = 600000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.reserve expected 6 keys and 4 arguments" }
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
  local stock, reservations, reservation_ends, closed_reservations, slot_due, reserve_operation, reservation, units, lease_ms, remember_ms =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    KEYS[6],
    arg_reservation,
    arg_units,
    arg_lease_ms,
    arg_remember_ms
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", reserve_operation)
  local now = now_ms()

  if remembered then
    local outcome, stored_available, arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
    local available =
      stored_integer(stored_available or "", "reserve-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
    if arguments == string.format("%d %s", units, reservation) then
      if outcome == "refused" then
        return { "refused", available }
      elseif outcome == "again" or outcome == "unknown" then
        return outcome
      end
      corrupt("reserve-operation")
    end
  end

  local outcome, available = "unknown", 0
  if known then
    local state, known_units, ends_at = stored_reservation(known)
    if state == "held" and now < ends_at then
      if total and known_units == units then
        return { "reserved", total - held, ends_at }
      end
      return total and "mismatch" or "unknown"
    elseif state == "committed" then
      return "already_committed"
    end
    return state == "released" and "released" or "expired"
  elseif total then
    local now_text = string.format("%d", now)
    local due = redis.call("ZCOUNT", reservation_ends, "-inf", now_text)
    local names, texts, forget_times = nil, nil, nil
    local freed = 0
    if due > 0 then
      names = redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_ENDED)
      texts, forget_times, freed = held_reservations(reservations, names, "expired", now + remember_ms)
      if freed > held then
        corrupt("held")
      end
    end
    local forgotten = nil
    if redis.call("ZCOUNT", closed_reservations, "-inf", now_text) > 0 then
      forgotten =
        redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_FORGOTTEN)
    end

    available = total - held + freed
    local lease_ends = now + lease_ms
    if names then
      -- ZCARD proves the type before the first write.
      redis.call("ZCARD", slot_due)
      -- at most 400 values
      redis.call("ZADD", closed_reservations, unpack(forget_times))
    end
    if available >= units then
      outcome, available = "reserved", available - units
      local ends_text = string.format("%d", lease_ends)
      local member = slot_member(stock)
      if redis.call("ZADD", slot_due, "LT", "CH", ends_text, member) == 1 then
        local first = redis.call("ZRANGE", slot_due, "0", "0")
        if first[1] == member then
          redis.call("PUBLISH", slot_due, ends_text)
        end
      end
      redis.call("HSET", reservations, reservation, string.format("held %d %s", units, ends_text))
      redis.call("ZADD", reservation_ends, ends_text, reservation)
      redis.call("HSET", stock, "held", held - freed + units)
    else
      outcome = due > MAX_ENDED and "again" or "refused"
      if freed > 0 then
        redis.call("HSET", stock, "held", held - freed)
      end
    end
    if names then
      -- at most 400 values
      redis.call("HSET", reservations, unpack(texts))
      redis.call("ZREM", reservation_ends, unpack(names))
    end
    if forgotten then
      redis.call("HDEL", reservations, unpack(forgotten))
      redis.call("ZREM", closed_reservations, unpack(forgotten))
    end
    if outcome == "reserved" then
      return { "reserved", available or false, lease_ends }
    end
  end

  local answer = string.format("%s %d %d %s", outcome, available, units, reservation)
  redis.call("SET", reserve_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  if outcome == "refused" then
    return { "refused", available }
  end
  return outcome
end
`;
