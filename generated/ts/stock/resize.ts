// stock.resize 1.0.0. Generated from lua/stock/resize.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.resize`. */
export interface StockResizeArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /** How many units to hold from now on. Units, 1 to 1,000,000,000,000. */
  readonly units: number;
  /** Holds the units although too few are available. */
  readonly backorder?: boolean | undefined;
  /**
   * How long the answer of this operation is remembered, and how the reservation has ended if the
   * call closes it. Milliseconds, 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.resize`: `outcome` says what happened. */
export type StockResizeReply =
  | {
      /**
       * - `resized`: it holds this number of units.
       * - `refused`: too few units are available, and it holds as many as before.
       */
      readonly outcome: "resized" | "refused";
      /**
       * The total minus held units, after this operation. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `mismatch`: the operation was sent before with another reservation, number of units or
       *   backorder.
       * - `prepared`: a cart that has it is being committed.
       * - `already_committed`: it was committed before.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
       *   stock.
       */
      readonly outcome: "mismatch" | "prepared" | "already_committed" | "released" | "expired" | "unknown";
    };

/** The function of `stock.resize`. A tenant's `stock` has it. */
export interface StockResizeOperation {
  /**
   * Changes how many units a reservation holds, in one step, or leaves it as it is.
   *
   * More units are refused if too few are available. Fewer units are always possible. The lease
   * stays the same. `backorder` holds more units although too few are available.
   *
   * The script does not close the ended leases of other reservations, so their units are not
   * available yet. A refusal takes nothing away, and the sweeper closes them soon. So a call reads
   * only its own reservation, and the caller may call again with a new operation.
   *
   * The script remembers its answer and its arguments for rememberMs; without a live hold, for at
   * most 10 minutes. A late copy of a call changes nothing and returns that answer, also after a
   * newer call.
   *
   * Outcomes:
   * - `resized`: it holds this number of units.
   * - `refused`: too few units are available, and it holds as many as before.
   * - `mismatch`: the operation was sent before with another reservation, number of units or
   *   backorder.
   * - `prepared`: a cart that has it is being committed.
   * - `already_committed`: it was committed before.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
   *   stock.
   *
   * Units: `units`, `available` in units; `rememberMs` in milliseconds.
   *
   * Cost: O(1); O(log R) if the lease has ended, R the product's reservations.
   *
   * Retry: safe within `rememberMs`. The remembered answer makes a second run change nothing.
   *
   * Lua source: `lua/stock/resize.lua`, version 1.0.0.
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
   * // A reservation holds more units.
   * const reply = await acme.stock.resize({
   *   product: "product-1",
   *   operation: "op-1",
   *   reservation: "cart-1",
   *   units: 7,
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "resized", available: 3 }
   * ```
   */
  resize(args: StockResizeArgs, options?: CallOptions): Promise<StockResizeReply>;
}

/** The script `stock.resize`, as a client loads and calls it. */
export const stockResize: Script<StockResizeArgs, StockResizeReply> = {
  name: "stock.resize",
  version: "1.0.0",
  digest: "eaa94147609a5f5450b7408b8eaa43efb3c5d95b",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<tenant>:<product>}:resize-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.resizeOperation(scope, args.product, operation),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.units.encode("units", args.units),
        argument.backorder.encode("backorder", args.backorder),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "resized":
      case "refused":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
        };
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
  backorder: optional(types.flag),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["resized", "refused", "mismatch", "prepared", "already_committed", "released", "expired", "unknown"]),
  available: types.available,
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
  "lua/lib/now_ms.lua": {
    63: 4, 64: 5, 65: 6, 66: 7,
  },
  "lua/lib/stored_integer.lua": {
    71: 9, 73: 11, 74: 12, 75: 13, 76: 14, 77: 15, 78: 16, 79: 17, 80: 18, 81: 19, 82: 20,
  },
  "lua/lib/stock/stored_reservation.lua": {
    86: 10, 88: 12, 90: 14, 92: 16, 93: 17, 94: 18, 95: 19, 96: 20, 97: 21, 98: 22, 99: 23, 100: 24,
    101: 25, 102: 26, 103: 27, 104: 28, 105: 29, 106: 30, 107: 31, 108: 32,
  },
  "lua/stock/resize.lua": {
    112: 8, 114: 10, 116: 12, 153: 98, 154: 98, 155: 98, 156: 109, 157: 110, 158: 111, 159: 112, 160: 113,
    161: 114, 162: 115, 163: 116, 164: 117, 165: 118, 166: 119, 167: 120, 168: 121, 169: 122, 170: 123,
    171: 124, 172: 125, 173: 126, 175: 128, 176: 129, 177: 130, 178: 131, 179: 132, 180: 133, 181: 134,
    183: 136, 184: 137, 185: 138, 187: 140, 188: 141, 189: 142, 190: 143, 191: 144, 192: 145, 193: 146,
    194: 147, 195: 148, 196: 149, 197: 150, 198: 151, 199: 152, 200: 153, 201: 154, 202: 155, 203: 156,
    204: 157, 205: 158, 206: 159, 207: 160, 208: 161, 209: 162, 210: 163, 211: 164, 212: 165, 213: 166,
    215: 168, 216: 169, 217: 170, 218: 171, 219: 172, 220: 173, 222: 175, 223: 176, 224: 177, 225: 178,
    226: 179, 227: 180, 228: 181, 229: 182, 230: 183, 231: 184,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.resize 1.0.0. Generated from lua/stock/resize.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/stock/resize.lua:
-- The bounds of the type available.
local AVAILABLE_LIMIT = 200000000000000
-- The upper bound of the field held.
local MAX_HELD_UNITS = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.resize expected 5 keys and 4 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.resize reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.resize reservation: expected no control characters and no braces" }
end
local arg_units = tonumber(ARGV[2])
if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
  return { err = "ARGUMENT stock.resize units: expected a whole number from 1 to 1000000000000" }
end
local arg_backorder = ARGV[3]
if arg_backorder == "" then
  arg_backorder = nil
else
  if arg_backorder ~= "1" and arg_backorder ~= "0" then
    return { err = "ARGUMENT stock.resize backorder: expected 1 or 0" }
  end
  arg_backorder = arg_backorder == "1"
end
local arg_remember_ms = tonumber(ARGV[4])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.resize remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Changes how many units a reservation holds, in one step, or leaves it as it is.
do
  local stock, reservations, reservation_ends, closed_reservations, resize_operation, reservation, units, backorder, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_reservation, arg_units, arg_backorder, arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", resize_operation)
  local arguments = string.format("%d %s %s", units, backorder and "yes" or "no", reservation)
  if remembered then
    local outcome, stored_available, stored_arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
    local available =
      stored_integer(stored_available or "", "resize-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
    if stored_arguments ~= arguments then
      return "mismatch"
    elseif outcome == "resized" or outcome == "refused" then
      return { outcome, available }
    elseif outcome == "already_committed" or outcome == "released" or outcome == "prepared" then
      return outcome
    elseif outcome == "expired" or outcome == "unknown" then
      return outcome
    end
    error({ err = "CORRUPT resize-operation" })
  end

  local outcome, available = "unknown", 0
  if known then
    local state, known_units, ends_at, fence = stored_reservation(known)
    local now = now_ms()
    if state ~= "held" then
      outcome = state == "committed" and "already_committed" or state
      if state ~= "prepared" and ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    elseif now >= ends_at then
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
      return "expired"
    else
      local stored = redis.call("HMGET", stock, "total", "held")
      local total, held = stock_counts(stored[1], stored[2])
      if total and held < known_units then
        error({ err = "CORRUPT held" })
      end
      local more = units - known_units
      available = (total or 0) - held
      if total and more > 0 and available < more and not backorder then
        outcome = "refused"
      elseif held + more > MAX_HELD_UNITS then
        error({ err = "ARGUMENT stock.resize units: a product has at most 10^14 held units" })
      elseif total then
        outcome, available = "resized", available - more
        -- The text keeps the end of the lease, and what else it has.
        local rest = string.match(known, "^held %d+(.*)$")
        redis.call("HSET", reservations, reservation, string.format("held %d%s", units, rest or ""))
        redis.call("HSET", stock, "held", held + more)
      end
    end
  end

  if outcome ~= "resized" and outcome ~= "refused" then
    remember_ms = math.min(remember_ms, HORIZON_MS)
  end
  local answer = string.format("%s %d %s", outcome, available, arguments)
  redis.call("SET", resize_operation, answer, "PX", remember_ms)
  if outcome == "resized" or outcome == "refused" then
    return { outcome, available }
  end
  return outcome
end
`;
