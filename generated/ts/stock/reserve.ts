// stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
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
       * - `mismatch`: the reservation holds another number of units, or a remembered answer of this
       *   operation was for other arguments.
       * - `prepared`: a cart that has it is being committed.
       * - `already_committed`: it was committed before.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the product has no stock.
       */
      readonly outcome: "again" | "mismatch" | "prepared" | "already_committed" | "released" | "expired" | "unknown";
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
   * First the script closes reservations whose lease is over, at most 100. If more are over and the
   * units are still too few, it answers "again" instead of "refused". If the reservation itself is
   * known and its lease is over, the script closes it alone, for good, and answers "expired".
   *
   * The script writes the product into the index of its slot, so that the sweeper of
   * `moonpath/expiry` finds it when a lease ends. Without a sweeper, units of an ended lease are
   * available again with the next reserve of the product.
   *
   * The script remembers every answer except "reserved" under the operation, for rememberMs but at
   * most 10 minutes, unless a closed reservation is known for longer than that. A new attempt needs
   * a new operation; the client generates one for each call. After "reserved", the operation is not
   * remembered, so the script cannot compare it.
   *
   * The script remembers how a reservation ended for the rememberMs of the call that closed it. If
   * the lease ran out, that call is the next reserve or sweep of the product. So all callers of a
   * product must pass the same value.
   *
   * Outcomes:
   * - `reserved`: the units are held.
   * - `refused`: too few units are available.
   * - `again`: too few are available, but more leases are over than one call closes, so call again.
   * - `mismatch`: the reservation holds another number of units, or a remembered answer of this
   *   operation was for other arguments.
   * - `prepared`: a cart that has it is being committed.
   * - `already_committed`: it was committed before.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the product has no stock.
   *
   * Units: `units`, `available` in units; `leaseMs`, `rememberMs` in milliseconds; `leaseEndsMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(E log R), E the leases that it closes, at most 100, R the product's reservations.
   *
   * Retry: safe within `rememberMs`. A reservation is known; an answer without one is remembered
   * for rememberMs but at most 10 minutes; a second run holds no more units.
   *
   * Lua source: `lua/stock/reserve.lua`, version 1.0.0.
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
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "reserved", available: 7, leaseEndsMs: … }
   * ```
   */
  reserve(args: StockReserveArgs, options?: CallOptions): Promise<StockReserveReply>;
}

/** The script `stock.reserve`, as a client loads and calls it. */
export const stockReserve: Script<StockReserveArgs, StockReserveReply> = {
  name: "stock.reserve",
  version: "1.0.0",
  digest: "22d6244b5ade7fa83813ffb1941526eb543d7f2d",
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
      case "prepared":
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
  outcome: choiceType(["reserved", "refused", "again", "mismatch", "prepared", "already_committed", "released", "expired", "unknown"]),
  available: types.available,
  leaseEndsMs: types.epochMs,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    6: 10, 8: 12, 9: 13, 10: 14, 11: 15, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23,
    20: 24, 21: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    25: 15, 26: 16, 27: 17, 28: 18, 29: 19, 30: 20, 31: 21, 32: 22, 33: 23, 34: 24, 35: 25, 36: 26, 37: 27,
    39: 29, 40: 30, 41: 31, 42: 32, 43: 33, 45: 35, 46: 36, 47: 37, 48: 38, 49: 39, 50: 40, 51: 41, 52: 42,
    53: 43, 54: 44, 55: 45, 56: 46, 57: 47, 58: 48, 59: 49,
  },
  "lua/lib/stock/held_reservations.lua": {
    63: 10, 65: 12, 66: 13, 67: 14, 68: 15, 69: 16, 70: 17, 72: 19, 73: 20, 74: 21, 75: 22, 76: 23, 77: 24,
    78: 25, 79: 26, 80: 27, 81: 28, 82: 29, 83: 30, 84: 31, 85: 32, 86: 33,
  },
  "lua/lib/now_ms.lua": {
    90: 4, 91: 5, 92: 6, 93: 7,
  },
  "lua/lib/slot_member.lua": {
    98: 6, 99: 7, 100: 8,
  },
  "lua/lib/stored_integer.lua": {
    105: 9, 107: 11, 108: 12, 109: 13, 110: 14, 111: 15, 112: 16, 113: 17, 114: 18, 115: 19, 116: 20,
  },
  "lua/lib/stock/stored_reservation.lua": {
    120: 10, 122: 12, 124: 14, 126: 16, 127: 17, 128: 18, 129: 19, 130: 20, 131: 21, 132: 22, 133: 23,
    134: 24, 135: 25, 136: 26, 137: 27, 138: 28, 139: 29, 140: 30, 141: 31, 142: 32,
  },
  "lua/stock/reserve.lua": {
    146: 10, 148: 12, 150: 14, 152: 16, 184: 123, 185: 123, 186: 123, 187: 123, 188: 123, 189: 123,
    190: 123, 191: 123, 192: 123, 193: 123, 194: 123, 195: 123, 196: 135, 197: 136, 198: 137, 199: 138,
    200: 139, 202: 141, 203: 142, 204: 143, 205: 144, 206: 145, 207: 146, 208: 147, 209: 148, 210: 149,
    211: 150, 212: 151, 213: 152, 214: 153, 215: 154, 216: 155, 217: 156, 218: 157, 220: 159, 221: 160,
    222: 161, 223: 162, 224: 163, 225: 164, 226: 165, 227: 166, 228: 167, 229: 168, 231: 170, 232: 171,
    233: 172, 234: 173, 235: 174, 236: 175, 237: 176, 238: 177, 239: 178, 240: 179, 241: 180, 242: 181,
    243: 182, 244: 183, 245: 184, 247: 186, 248: 187, 249: 188, 250: 189, 251: 190, 252: 191, 253: 192,
    254: 193, 255: 194, 256: 195, 257: 196, 258: 197, 259: 198, 260: 199, 261: 200, 262: 201, 263: 202,
    264: 203, 265: 204, 266: 205, 268: 207, 269: 208, 270: 209, 272: 211, 274: 213, 275: 214, 276: 215,
    277: 216, 278: 217, 279: 218, 280: 219, 282: 221, 283: 222, 284: 223, 285: 224, 286: 225, 287: 226,
    288: 227, 289: 228, 290: 229, 291: 230, 292: 231, 293: 232, 294: 233, 295: 234, 296: 235, 298: 237,
    299: 238, 300: 239, 301: 240, 302: 241, 303: 242, 304: 243, 305: 244, 306: 245, 307: 246, 308: 247,
    310: 249, 311: 250, 312: 251, 313: 252, 314: 253, 315: 254, 316: 255,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

-- From lua/lib/stock/close_reservation.lua:
--- Closes a held reservation, so that its units are available again.
local function close_reservation(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  reservation,
  units,
  state,
  forget_at_ms,
  fence
)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and held < units then
    error({ err = "CORRUPT held" })
  end
  local still_held = math.max(held - units, 0)
  local forget_at = string.format("%d", forget_at_ms)
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", closed_reservations)
  redis.call("ZREM", reservation_ends, reservation)
  redis.call("ZADD", closed_reservations, forget_at, reservation)
  local text = string.format("%s %d %s", state, units, forget_at)
  if fence > 0 then
    text = string.format("%s %d", text, fence)
  end
  redis.call("HSET", reservations, reservation, text)
  if total or still_held > 0 then
    redis.call("HSET", stock, "held", still_held)
  else
    redis.call("HDEL", stock, "held")
  end
  return (total or 0) - still_held
end

-- From lua/lib/stock/held_reservations.lua:
--- Reads held reservations, and prepares the commands that close them.
local function held_reservations(reservations, names, state, forget_at_ms)
  -- The upper bound of the type quantity.
  local MAX_HELD_UNITS = 1000000000000
  local stored = redis.call("HMGET", reservations, unpack(names))
  local forget_at = string.format("%d", forget_at_ms)
  local closed = state .. " %s " .. forget_at .. "%s"
  local texts, forget_times = {}, {}
  local sum = 0
  -- at most 100 reservations
  for position = 1, #names do
    local name = names[position]
    local stored_units, fence = string.match(stored[position] or "", "^held (%d+) %d+( ?%d*)$")
    local units = tonumber(stored_units)
    if not units or units < 1 or units > MAX_HELD_UNITS then
      error({ err = "CORRUPT reservation" })
    end
    sum = sum + units
    texts[2 * position - 1] = name
    texts[2 * position] = string.format(closed, stored_units, fence)
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

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/lib/stock/stored_reservation.lua:
--- Reads the stored text of one reservation, such as \`held 3 1767225600000\`.
local function stored_reservation(value)
  -- The upper bound of the type quantity.
  local MAX_RESERVED = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  -- The upper bound of the type fence.
  local MAX_FENCE = 9007199254740991
  local state, stored_units, stored_end, rest = string.match(value, "^(%l+) (%d+) (%d+)(.*)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  local fence = rest == "" and 0 or tonumber(string.match(rest, "^ (%d+)$"))
  if not fence or fence > MAX_FENCE then
    error({ err = "CORRUPT reservation" })
  end
  if state == "held" or (state == "prepared" and fence > 0) then
    return state, units, ends_at, fence
  elseif state == "committed" or state == "released" or state == "expired" then
    return state, units, ends_at, fence
  end
  error({ err = "CORRUPT reservation" })
end

-- From lua/stock/reserve.lua:
-- The maximum number of ended leases that one call closes before it compares the available units.
local MAX_ENDED = 100
-- The maximum number of closed reservations that one call removes.
local MAX_FORGOTTEN = 10
-- The bounds of the type available.
local AVAILABLE_LIMIT = 200000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

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
    if arguments ~= string.format("%d %s", units, reservation) then
      return "mismatch"
    elseif outcome == "refused" then
      return { "refused", available }
    elseif outcome == "again" or outcome == "mismatch" or outcome == "already_committed" then
      return outcome
    elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
      return outcome
    elseif outcome == "prepared" then
      return "prepared"
    end
    error({ err = "CORRUPT reserve-operation" })
  end

  local outcome, available = "unknown", 0
  if known then
    local state, known_units, ends_at, fence = stored_reservation(known)
    if state == "held" and now < ends_at then
      if total and known_units == units then
        return { "reserved", total - held, ends_at }
      end
      outcome = total and "mismatch" or "unknown"
    elseif state == "held" then
      outcome = "expired"
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        known_units,
        "expired",
        forget_at_ms,
        fence
      )
    else
      outcome = state == "committed" and "already_committed" or state
      if state ~= "prepared" and ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    end
  elseif total then
    local now_text = string.format("%d", now)
    local due = redis.call("ZCOUNT", reservation_ends, "-inf", now_text)
    local names, texts, forget_times = nil, nil, nil
    local freed = 0
    if due > 0 then
      names = redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_ENDED)
      texts, forget_times, freed = held_reservations(reservations, names, "expired", now + remember_ms)
      if freed > held then
        error({ err = "CORRUPT held" })
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
      -- at most 200 values
      redis.call("ZADD", closed_reservations, unpack(forget_times))
    end
    if available >= units then
      outcome, available = "reserved", available - units
      local ends_text = string.format("%d", lease_ends)
      local member = slot_member(stock)
      if redis.call("ZADD", slot_due, "LT", "CH", ends_text, member) == 1 then
        -- An overdue product may stay the first for long, so it does not hold back the message.
        local first = redis.call("ZRANGE", slot_due, "0", "0", "WITHSCORES")
        if first[1] == member or (tonumber(first[2]) or now) <= now then
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
      -- at most 200 values
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
