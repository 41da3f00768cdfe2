// stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.commit`. */
export interface StockCommitArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /** Only from this warehouse; absent: from all warehouses of the product. 1 to 256 bytes. */
  readonly warehouse?: string | undefined;
  /** Also sells an expired reservation, if there is stock; absent: it does not. */
  readonly retake?: boolean | undefined;
  /** Sells the units although the warehouses have too few; absent: it does not. */
  readonly backorder?: boolean | undefined;
  /**
   * How long the script remembers how the reservation has ended. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.commit`: `outcome` says what happened. */
export type StockCommitReply =
  | {
      /** `committed`: the units are sold. */
      readonly outcome: "committed";
      /**
       * Over all warehouses, after this operation. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /**
       * The total minus held units, after this operation. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `already_committed`: an earlier call committed it.
       * - `short`: the warehouses have too few units now, and the reservation stays held.
       * - `mismatch`: a remembered answer of this operation was for another reservation, warehouse,
       *   retake or backorder, and nothing is changed.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
       *   stock.
       */
      readonly outcome: "already_committed" | "short" | "mismatch" | "released" | "expired" | "unknown";
    }
  | {
      /** `shortfall`: it had expired, and too few units are available to retake it. */
      readonly outcome: "shortfall";
      /** How many of its units are not available. Units, 1 to 1,000,000,000,000. */
      readonly missing: number;
    };

/** The function of `stock.commit`. A tenant's `stock` has it. */
export interface StockCommitOperation {
  /**
   * Sells the units that a reservation holds: they leave the stock.
   *
   * Without a warehouse, the units come from the fullest warehouse first. When a lease has ended by
   * Redis's clock, the reservation is expired, even before a sweep. The script closes it for good,
   * and its units are available again.
   *
   * With `retake`, the script sells the units of an expired reservation in the same step, if that
   * many are available without its own hold. Else it answers "shortfall". It never retakes a
   * released reservation. Units of other ended leases count as held until a reserve or a sweep
   * closes them.
   *
   * With `backorder`, the units leave although the warehouses have too few. Units that no warehouse
   * has are booked on the fullest one, or on the given one, below zero. With `retake`, they leave
   * although too few are available.
   *
   * If the call sells nothing, the script remembers its answer and its arguments under the
   * operation, for rememberMs but at most 10 minutes, unless the closed reservation is known for
   * longer. A new attempt needs a new operation; the client generates one for each call. After
   * "committed", the operation is not remembered, so the script cannot compare it.
   *
   * Outcomes:
   * - `committed`: the units are sold.
   * - `already_committed`: an earlier call committed it.
   * - `short`: the warehouses have too few units now, and the reservation stays held.
   * - `shortfall`: it had expired, and too few units are available to retake it.
   * - `mismatch`: a remembered answer of this operation was for another reservation, warehouse,
   *   retake or backorder, and nothing is changed.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
   *   stock.
   *
   * Units: `rememberMs` in milliseconds; `total`, `available`, `missing` in units.
   *
   * Cost: O(W + log R), W the product's warehouses, at most 100, R its reservations; O(1 + log R)
   * with a warehouse.
   *
   * Retry: safe within `rememberMs`. A closed reservation is known; another answer is remembered
   * for rememberMs but at most 10 minutes; a second run changes nothing.
   *
   * Lua source: `lua/stock/commit.lua`, version 1.0.0.
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
   * // Held units are sold.
   * const reply = await acme.stock.commit({
   *   product: "product-1",
   *   operation: "op-1",
   *   reservation: "cart-1",
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "committed", total: 9, available: 7 }
   * ```
   */
  commit(args: StockCommitArgs, options?: CallOptions): Promise<StockCommitReply>;
}

/** The script `stock.commit`, as a client loads and calls it. */
export const stockCommit: Script<StockCommitArgs, StockCommitReply> = {
  name: "stock.commit",
  version: "1.0.0",
  digest: "409ea14b2f6b57f9ac2d0910f1959a65716dc1ea",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<tenant>:<product>}:commit-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.commitOperation(scope, args.product, operation),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.retake.encode("retake", args.retake),
        argument.backorder.encode("backorder", args.backorder),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "committed":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
        };
      case "already_committed":
      case "short":
      case "mismatch":
      case "released":
      case "expired":
      case "unknown":
        return {
          outcome,
        };
      case "shortfall":
        return {
          outcome,
          missing: field.missing.decode("missing", fields[3]),
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
  warehouse: optional(types.id),
  retake: optional(types.flag),
  backorder: optional(types.flag),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["committed", "already_committed", "short", "shortfall", "mismatch", "released", "expired", "unknown"]),
  total: types.total,
  available: types.available,
  missing: types.quantity,
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
  "lua/lib/now_ms.lua": {
    58: 4, 59: 5, 60: 6, 61: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    65: 14, 67: 16, 70: 19, 72: 21, 73: 22, 74: 23, 75: 24, 76: 25, 77: 26, 78: 27, 80: 29, 81: 30, 82: 31,
    83: 32, 84: 33, 85: 34, 86: 35, 87: 36, 88: 37, 89: 38, 90: 39, 91: 40, 92: 41, 93: 42, 94: 43, 95: 44,
    96: 45, 97: 46, 98: 47, 99: 48, 100: 49, 101: 50, 102: 51, 103: 52,
  },
  "lua/lib/stored_integer.lua": {
    108: 9, 110: 11, 111: 12, 112: 13, 113: 14, 114: 15, 115: 16, 116: 17, 117: 18, 118: 19, 119: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    123: 5, 125: 7, 126: 8, 127: 9, 128: 10, 129: 11, 130: 12, 131: 13, 132: 14, 133: 15, 134: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    138: 8, 140: 10, 142: 12, 143: 13, 144: 14, 145: 15, 146: 16, 147: 17, 148: 18, 149: 19, 150: 20,
    151: 21, 152: 22,
  },
  "lua/lib/stock/take_units.lua": {
    156: 11, 157: 12, 159: 14, 160: 15, 161: 16, 162: 17, 163: 18, 164: 19, 165: 20, 166: 21, 167: 22,
    168: 23, 169: 24, 170: 25, 171: 26, 173: 28, 174: 29, 175: 30, 176: 31, 177: 32, 178: 33, 179: 34,
    180: 35, 181: 36, 182: 37,
  },
  "lua/stock/commit.lua": {
    186: 11, 188: 13, 190: 15, 243: 132, 244: 132, 245: 132, 246: 132, 247: 132, 248: 132, 249: 132,
    250: 132, 251: 132, 252: 132, 253: 132, 254: 132, 255: 144, 256: 145, 258: 147, 259: 148, 260: 149,
    261: 150, 262: 151, 263: 152, 264: 153, 265: 154, 266: 155, 267: 156, 268: 157, 269: 158, 270: 159,
    271: 160, 272: 161, 274: 163, 275: 164, 276: 165, 277: 166, 278: 167, 279: 168, 280: 169, 281: 170,
    282: 171, 284: 173, 285: 174, 286: 175, 288: 177, 289: 178, 290: 179, 291: 180, 292: 181, 293: 182,
    294: 183, 295: 184, 296: 185, 297: 186, 298: 187, 299: 188, 300: 189, 301: 190, 302: 191, 303: 192,
    304: 193, 305: 194, 306: 195, 307: 196, 308: 197, 309: 198, 310: 199, 311: 200, 312: 201, 313: 202,
    314: 203, 315: 204, 316: 205, 317: 206, 319: 208, 320: 209, 321: 210, 322: 211, 323: 212, 324: 213,
    325: 214, 326: 215, 327: 216, 328: 217, 329: 218, 330: 219, 331: 220, 332: 221, 333: 222, 334: 223,
    335: 224, 336: 225, 337: 226, 338: 227, 339: 228, 340: 229, 341: 230, 342: 231, 343: 232, 344: 233,
    345: 234, 346: 235, 347: 236, 348: 237, 349: 238, 350: 239, 352: 241, 353: 242, 354: 243, 355: 244,
    356: 245, 357: 246, 359: 248, 360: 249, 361: 250, 362: 251, 363: 252, 364: 253, 365: 254, 366: 255,
    367: 256, 368: 257, 369: 258, 370: 259, 371: 260, 372: 261, 373: 262, 374: 263,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stock/stock_levels.lua:
--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
local function stock_levels(stock, direction)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_SUMMED_LEVEL = 1000000000000
  -- A product has at most 100 warehouses, each with a level and an event. The other two fields are
  -- total and held.
  local MAX_FIELDS = 202
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held = false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    if string.find(field, "^level:") then
      local level = tonumber(fields[position + 1])
      if not level or level % 1 ~= 0 or level < -MAX_SUMMED_LEVEL or level > MAX_SUMMED_LEVEL then
        error({ err = "CORRUPT level of a warehouse" })
      end
      sum = sum + level
      local lead = found_level and (level - found_level) * direction or 1
      if lead > 0 or (lead == 0 and field < found) then
        found, found_level = field, level
      end
    elseif field == "total" then
      stored_total = fields[position + 1]
    elseif field == "held" then
      stored_held = fields[position + 1]
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level
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

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
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

-- From lua/lib/stock/take_units.lua:
--- Takes units from several warehouses, from the fullest first.
local function take_units(fields, units)
  local levels = {}
  -- at most 202 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      levels[#levels + 1] = { field = fields[position], quantity = stored_level(fields[position + 1]) or 0 }
    end
  end
  table.sort(levels, function(first, second)
    if first.quantity == second.quantity then
      return first.field < second.field
    end
    return first.quantity > second.quantity
  end)
  local changed = {}
  local missing = units
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local taken = math.min(missing, math.max(level.quantity, 0))
    if taken > 0 or position == 1 then
      changed[#changed + 1] = level.field
      changed[#changed + 1] = level.quantity - taken
    end
    missing = missing - taken
  end
  return changed, missing
end

-- From lua/stock/commit.lua:
-- The upper bound of the type quantity.
local MAX_MISSING = 1000000000000
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.commit expected 5 keys and 5 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.commit reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.commit reservation: expected no control characters and no braces" }
end
local arg_warehouse = ARGV[2]
if arg_warehouse == "" then
  arg_warehouse = nil
else
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.commit warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.commit warehouse: expected no control characters and no braces" }
  end
end
local arg_retake = ARGV[3]
if arg_retake == "" then
  arg_retake = nil
else
  if arg_retake ~= "1" and arg_retake ~= "0" then
    return { err = "ARGUMENT stock.commit retake: expected 1 or 0" }
  end
  arg_retake = arg_retake == "1"
end
local arg_backorder = ARGV[4]
if arg_backorder == "" then
  arg_backorder = nil
else
  if arg_backorder ~= "1" and arg_backorder ~= "0" then
    return { err = "ARGUMENT stock.commit backorder: expected 1 or 0" }
  end
  arg_backorder = arg_backorder == "1"
end
local arg_remember_ms = tonumber(ARGV[5])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.commit remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Sells the units that a reservation holds: they leave the stock.
do
  local stock, reservations, reservation_ends, closed_reservations, commit_operation, reservation, warehouse, retake, backorder, remember_ms =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    arg_reservation,
    arg_warehouse,
    arg_retake,
    arg_backorder,
    arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", commit_operation)
  -- No name has a tab.
  local options = (retake and "\\tretake" or "") .. (backorder and "\\tbackorder" or "")
  local arguments = reservation .. "\\t" .. (warehouse or "") .. options
  if remembered then
    local outcome, stored_arguments = string.match(remembered, "^(%S+) (.+)$")
    if stored_arguments and stored_arguments ~= arguments then
      return "mismatch"
    elseif outcome == "short" or outcome == "released" or outcome == "expired" then
      return outcome
    elseif outcome == "already_committed" or outcome == "unknown" then
      return outcome
    end
    local stored_missing = string.match(outcome or "", "^shortfall=(%d+)$")
    local missing = stored_integer(stored_missing or "", "commit-operation", 1, MAX_MISSING)
    return { "shortfall", false, false, missing }
  end

  local outcome = "unknown"
  local shortfall = nil
  if known then
    local state, units, ends_at = stored_reservation(known)
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    if state ~= "held" and not (is_over and retake) then
      outcome = state == "committed" and "already_committed" or state
      if ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    elseif is_over and not retake then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "expired",
        forget_at_ms
      )
      return "expired"
    else
      local total, held, field, level, fields
      if warehouse then
        field = "level:" .. warehouse
        local stored = redis.call("HMGET", stock, "total", "held", field)
        total, held = stock_counts(stored[1], stored[2])
        level = stored_level(stored[3])
      else
        fields, total, held, field, level = stock_levels(stock, 1)
      end
      local own = state == "held" and units or 0
      local changed, missing = nil, level and math.max(units - level, 0) or units
      if missing > 0 and fields then
        changed, missing = take_units(fields, units)
      end
      local new_level = level and level - units or 0
      if backorder and level and missing > 0 then
        if changed then
          -- Units that no warehouse has are booked on the fullest, below zero.
          new_level = changed[2] - missing
          changed[2] = new_level
        end
        if new_level < -MAX_LEVEL then
          error({ err = "ARGUMENT stock.commit units: the level of a warehouse stays from -10^12 to 10^12" })
        end
        missing = 0
      end
      if is_over and not backorder then
        missing = math.max(missing, units - (total or 0) + held - own)
      end
      if total and held < own then
        error({ err = "CORRUPT held" })
      elseif level and not total then
        error({ err = "CORRUPT total" })
      elseif is_over and missing > 0 then
        shortfall = math.min(missing, units)
        if state == "held" then
          close_reservation(
            stock,
            reservations,
            reservation_ends,
            closed_reservations,
            reservation,
            units,
            "expired",
            now + remember_ms
          )
        end
      elseif total and missing > 0 then
        outcome = "short"
      elseif level and field then
        -- ZCARD proves the type before the first write.
        redis.call("ZCARD", closed_reservations)
        local forget_at = string.format("%d", now + remember_ms)
        redis.call("ZREM", reservation_ends, reservation)
        redis.call("ZADD", closed_reservations, forget_at, reservation)
        redis.call("HSET", reservations, reservation, string.format("committed %d %s", units, forget_at))
        if changed then
          -- at most 204 values
          redis.call("HSET", stock, "total", total - units, "held", held - own, unpack(changed))
        else
          redis.call("HSET", stock, "total", total - units, "held", held - own, field, new_level)
        end
        return { "committed", total - units, total - units - held + own }
      end
    end
  end
  if shortfall then
    local answer = string.format("shortfall=%d %s", shortfall, arguments)
    redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    return { "shortfall", false, false, shortfall }
  end
  redis.call("SET", commit_operation, outcome .. " " .. arguments, "PX", math.min(remember_ms, HORIZON_MS))
  return outcome
end
`;
