// stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
  readonly reserve: {
    (args: StockReserveArgs, options?: CallOptions): Promise<StockReserveReply>;
    /**
     * Makes many calls of `reserve` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 32 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly StockReserveArgs[], options?: CallOptions): Promise<ManyResult<StockReserveReply>[]>;
  };
}

/** The script `stock.reserve`, as a client loads and calls it. */
export const stockReserve: ManyScript<StockReserveArgs, StockReserveReply> = {
  name: "stock.reserve",
  version: "1.0.0",
  digest: "0b3ce5f36c6032cbba51ea69033bd283f6837fcb",
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
  many: {
    limit: 32,
    width: 3,
    digest: "baebc9a7afc3840a713ba37429d1747310fff5ad",
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
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
  "lua/lib/stock/stock_counts.lua": {
    6: 10, 8: 12, 9: 13, 10: 14, 11: 15, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23,
    20: 24, 21: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    25: 14, 26: 15, 27: 16, 28: 17, 29: 18, 30: 19, 31: 20, 32: 21, 33: 22, 34: 23, 35: 24, 36: 25, 38: 27,
    39: 28, 40: 29, 41: 30, 42: 31, 44: 33, 45: 34, 46: 35, 47: 36, 48: 37, 49: 38, 50: 39, 51: 40, 52: 41,
    53: 42, 54: 43,
  },
  "lua/lib/stock/held_reservations.lua": {
    58: 10, 60: 12, 61: 13, 62: 14, 63: 15, 64: 16, 65: 17, 67: 19, 68: 20, 69: 21, 70: 22, 71: 23, 72: 24,
    73: 25, 74: 26, 75: 27, 76: 28, 77: 29, 78: 30, 79: 31, 80: 32, 81: 33,
  },
  "lua/lib/now_ms.lua": {
    85: 4, 86: 5, 87: 6, 88: 7,
  },
  "lua/lib/slot_member.lua": {
    93: 6, 94: 7, 95: 8,
  },
  "lua/lib/stored_integer.lua": {
    100: 9, 102: 11, 103: 12, 104: 13, 105: 14, 106: 15, 107: 16, 108: 17, 109: 18, 110: 19, 111: 20,
  },
  "lua/lib/stock/stored_reservation.lua": {
    115: 8, 117: 10, 119: 12, 120: 13, 121: 14, 122: 15, 123: 16, 124: 17, 125: 18, 126: 19, 127: 20,
    128: 21, 129: 22,
  },
  "lua/stock/reserve.lua": {
    133: 10, 135: 12, 137: 14, 139: 16, 171: 117, 172: 117, 173: 117, 174: 117, 175: 117, 176: 117,
    177: 117, 178: 117, 179: 117, 180: 117, 181: 117, 182: 117, 183: 129, 184: 130, 185: 131, 186: 132,
    187: 133, 189: 135, 190: 136, 191: 137, 192: 138, 193: 139, 194: 140, 195: 141, 196: 142, 197: 143,
    198: 144, 199: 145, 200: 146, 201: 147, 202: 148, 203: 149, 205: 151, 206: 152, 207: 153, 208: 154,
    209: 155, 210: 156, 211: 157, 212: 158, 213: 159, 214: 160, 216: 162, 217: 163, 218: 164, 219: 165,
    220: 166, 221: 167, 222: 168, 223: 169, 224: 170, 225: 171, 226: 172, 227: 173, 228: 174, 229: 175,
    231: 177, 232: 178, 233: 179, 234: 180, 235: 181, 236: 182, 237: 183, 238: 184, 239: 185, 240: 186,
    241: 187, 242: 188, 243: 189, 244: 190, 245: 191, 246: 192, 247: 193, 248: 194, 249: 195, 250: 196,
    252: 198, 253: 199, 254: 200, 256: 202, 258: 204, 259: 205, 260: 206, 261: 207, 262: 208, 263: 209,
    264: 210, 266: 212, 267: 213, 268: 214, 269: 215, 270: 216, 271: 217, 272: 218, 273: 219, 274: 220,
    275: 221, 276: 222, 277: 223, 278: 224, 279: 225, 280: 226, 282: 228, 283: 229, 284: 230, 285: 231,
    286: 232, 287: 233, 288: 234, 289: 235, 290: 236, 291: 237, 292: 238, 294: 240, 295: 241, 296: 242,
    297: 243, 298: 244, 299: 245, 300: 246,
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
  forget_at_ms
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
  redis.call("HSET", reservations, reservation, string.format("%s %d %s", state, units, forget_at))
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
  local closed = state .. " %s " .. forget_at
  local texts, forget_times = {}, {}
  local sum = 0
  -- at most 100 reservations
  for position = 1, #names do
    local name = names[position]
    local stored_units = string.match(stored[position] or "", "^held (%d+) %d+$")
    local units = tonumber(stored_units)
    if not units or units < 1 or units > MAX_HELD_UNITS then
      error({ err = "CORRUPT reservation" })
    end
    sum = sum + units
    texts[2 * position - 1] = name
    texts[2 * position] = string.format(closed, stored_units)
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
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
  end
  return state, units, ends_at
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
    end
    error({ err = "CORRUPT reserve-operation" })
  end

  local outcome, available = "unknown", 0
  if known then
    local state, known_units, ends_at = stored_reservation(known)
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
        forget_at_ms
      )
    else
      outcome = state == "committed" and "already_committed" or state
      if ends_at - now >= HORIZON_MS then
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

/** Source file -> line of the Lua text below -> line of that source file. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    7: 10, 9: 12, 10: 13, 11: 14, 12: 15, 13: 16, 14: 17, 15: 18, 16: 19, 17: 20, 18: 21, 19: 22, 20: 23,
    21: 24, 22: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    26: 14, 27: 15, 28: 16, 29: 17, 30: 18, 31: 19, 32: 20, 33: 21, 34: 22, 35: 23, 36: 24, 37: 25, 39: 27,
    40: 28, 41: 29, 42: 30, 43: 31, 45: 33, 46: 34, 47: 35, 48: 36, 49: 37, 50: 38, 51: 39, 52: 40, 53: 41,
    54: 42, 55: 43,
  },
  "lua/lib/stock/held_reservations.lua": {
    59: 10, 61: 12, 62: 13, 63: 14, 64: 15, 65: 16, 66: 17, 68: 19, 69: 20, 70: 21, 71: 22, 72: 23, 73: 24,
    74: 25, 75: 26, 76: 27, 77: 28, 78: 29, 79: 30, 80: 31, 81: 32, 82: 33,
  },
  "lua/lib/now_ms.lua": {
    86: 4, 87: 5, 88: 6, 89: 7,
  },
  "lua/lib/slot_member.lua": {
    94: 6, 95: 7, 96: 8,
  },
  "lua/lib/stored_integer.lua": {
    101: 9, 103: 11, 104: 12, 105: 13, 106: 14, 107: 15, 108: 16, 109: 17, 110: 18, 111: 19, 112: 20,
  },
  "lua/lib/stock/stored_reservation.lua": {
    116: 8, 118: 10, 120: 12, 121: 13, 122: 14, 123: 15, 124: 16, 125: 17, 126: 18, 127: 19, 128: 20,
    129: 21, 130: 22,
  },
  "lua/stock/reserve.lua": {
    134: 10, 136: 12, 138: 14, 140: 16, 180: 117, 181: 117, 182: 117, 183: 117, 184: 117, 185: 117,
    186: 117, 187: 117, 188: 117, 189: 117, 190: 117, 191: 117, 192: 129, 193: 130, 194: 131, 195: 132,
    196: 133, 198: 135, 199: 136, 200: 137, 201: 138, 202: 139, 203: 140, 204: 141, 205: 142, 206: 143,
    207: 144, 208: 145, 209: 146, 210: 147, 211: 148, 212: 149, 214: 151, 215: 152, 216: 153, 217: 154,
    218: 155, 219: 156, 220: 157, 221: 158, 222: 159, 223: 160, 225: 162, 226: 163, 227: 164, 228: 165,
    229: 166, 230: 167, 231: 168, 232: 169, 233: 170, 234: 171, 235: 172, 236: 173, 237: 174, 238: 175,
    240: 177, 241: 178, 242: 179, 243: 180, 244: 181, 245: 182, 246: 183, 247: 184, 248: 185, 249: 186,
    250: 187, 251: 188, 252: 189, 253: 190, 254: 191, 255: 192, 256: 193, 257: 194, 258: 195, 259: 196,
    261: 198, 262: 199, 263: 200, 265: 202, 267: 204, 268: 205, 269: 206, 270: 207, 271: 208, 272: 209,
    273: 210, 275: 212, 276: 213, 277: 214, 278: 215, 279: 216, 280: 217, 281: 218, 282: 219, 283: 220,
    284: 221, 285: 222, 286: 223, 287: 224, 288: 225, 289: 226, 291: 228, 292: 229, 293: 230, 294: 231,
    295: 232, 296: 233, 297: 234, 298: 235, 299: 236, 300: 237, 301: 238, 303: 240, 304: 241, 305: 242,
    306: 243, 307: 244, 308: 245, 309: 246,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 32 calls in one run. An error ends only its own call.

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
  forget_at_ms
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
  redis.call("HSET", reservations, reservation, string.format("%s %d %s", state, units, forget_at))
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
  local closed = state .. " %s " .. forget_at
  local texts, forget_times = {}, {}
  local sum = 0
  -- at most 100 reservations
  for position = 1, #names do
    local name = names[position]
    local stored_units = string.match(stored[position] or "", "^held (%d+) %d+$")
    local units = tonumber(stored_units)
    if not units or units < 1 or units > MAX_HELD_UNITS then
      error({ err = "CORRUPT reservation" })
    end
    sum = sum + units
    texts[2 * position - 1] = name
    texts[2 * position] = string.format(closed, stored_units)
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
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
  end
  return state, units, ends_at
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

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS / 6
if wrapper_calls < 1 or wrapper_calls > 32 or wrapper_calls % 1 ~= 0 or #ARGV ~= 4 * wrapper_calls then
  return { err = "ARGUMENT stock.reserve expected 1 to 32 calls, each with 6 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, ARGV, xpcall, type = KEYS, ARGV, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = ARGV[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.reserve reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.reserve reservation: expected no control characters and no braces" }
  end
  local arg_units = tonumber(ARGV[wrapper_arguments + 2])
  if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
    return { err = "ARGUMENT stock.reserve units: expected a whole number from 1 to 1000000000000" }
  end
  local arg_lease_ms = tonumber(ARGV[wrapper_arguments + 3])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT stock.reserve lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_remember_ms = tonumber(ARGV[wrapper_arguments + 4])
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
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6],
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
        return "refused", available
      elseif outcome == "again" or outcome == "mismatch" or outcome == "already_committed" then
        return outcome
      elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
        return outcome
      end
      error({ err = "CORRUPT reserve-operation" })
    end

    local outcome, available = "unknown", 0
    if known then
      local state, known_units, ends_at = stored_reservation(known)
      if state == "held" and now < ends_at then
        if total and known_units == units then
          return "reserved", total - held, ends_at
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
          forget_at_ms
        )
      else
        outcome = state == "committed" and "already_committed" or state
        if ends_at - now >= HORIZON_MS then
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
        return "reserved", available or false, lease_ends
      end
    end

    local answer = string.format("%s %d %d %s", outcome, available, units, reservation)
    redis.call("SET", reserve_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    if outcome == "refused" then
      return "refused", available
    end
    return outcome
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 6
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
