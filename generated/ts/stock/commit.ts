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
       * - `prepared`: a cart that has it is being committed.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
       *   stock.
       */
      readonly outcome: "already_committed" | "short" | "mismatch" | "prepared" | "released" | "expired" | "unknown";
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
   * - `prepared`: a cart that has it is being committed.
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
  digest: "e268b4a451b64022f00201c64ebec670f4b97292",
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
      case "prepared":
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
  outcome: choiceType(["committed", "already_committed", "short", "shortfall", "mismatch", "prepared", "released", "expired", "unknown"]),
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
    25: 15, 26: 16, 27: 17, 28: 18, 29: 19, 30: 20, 31: 21, 32: 22, 33: 23, 34: 24, 35: 25, 36: 26, 37: 27,
    39: 29, 40: 30, 41: 31, 42: 32, 43: 33, 45: 35, 46: 36, 47: 37, 48: 38, 49: 39, 50: 40, 51: 41, 52: 42,
    53: 43, 54: 44, 55: 45, 56: 46, 57: 47, 58: 48, 59: 49,
  },
  "lua/lib/now_ms.lua": {
    63: 4, 64: 5, 65: 6, 66: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    70: 15, 72: 17, 75: 20, 77: 22, 78: 23, 79: 24, 80: 25, 81: 26, 82: 27, 83: 28, 85: 30, 86: 31, 87: 32,
    88: 33, 89: 34, 90: 35, 91: 36, 92: 37, 93: 38, 94: 39, 95: 40, 96: 41, 97: 42, 98: 43, 99: 44, 100: 45,
    101: 46, 102: 47, 103: 48, 104: 49, 105: 50, 106: 51, 107: 52, 108: 53, 109: 54, 110: 55,
  },
  "lua/lib/stored_integer.lua": {
    115: 9, 117: 11, 118: 12, 119: 13, 120: 14, 121: 15, 122: 16, 123: 17, 124: 18, 125: 19, 126: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    130: 5, 132: 7, 133: 8, 134: 9, 135: 10, 136: 11, 137: 12, 138: 13, 139: 14, 140: 15, 141: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    145: 10, 147: 12, 149: 14, 151: 16, 152: 17, 153: 18, 154: 19, 155: 20, 156: 21, 157: 22, 158: 23,
    159: 24, 160: 25, 161: 26, 162: 27, 163: 28, 164: 29, 165: 30, 166: 31, 167: 32,
  },
  "lua/lib/stock/take_units.lua": {
    171: 11, 172: 12, 174: 14, 175: 15, 176: 16, 177: 17, 178: 18, 179: 19, 180: 20, 181: 21, 182: 22,
    183: 23, 184: 24, 185: 25, 186: 26, 188: 28, 189: 29, 190: 30, 191: 31, 192: 32, 193: 33, 194: 34,
    195: 35, 196: 36, 197: 37,
  },
  "lua/stock/commit.lua": {
    201: 11, 203: 13, 205: 15, 258: 138, 259: 138, 260: 138, 261: 138, 262: 138, 263: 138, 264: 138,
    265: 138, 266: 138, 267: 138, 268: 138, 269: 138, 270: 150, 271: 151, 273: 153, 274: 154, 275: 155,
    276: 156, 277: 157, 278: 158, 279: 159, 280: 160, 281: 161, 282: 162, 283: 163, 284: 164, 285: 165,
    286: 166, 287: 167, 289: 169, 290: 170, 291: 171, 292: 172, 293: 173, 294: 174, 295: 175, 296: 176,
    297: 177, 299: 179, 300: 180, 301: 181, 303: 183, 304: 184, 305: 185, 306: 186, 307: 187, 308: 188,
    309: 189, 310: 190, 311: 191, 312: 192, 313: 193, 314: 194, 315: 195, 316: 196, 317: 197, 318: 198,
    319: 199, 320: 200, 321: 201, 322: 202, 323: 203, 324: 204, 325: 205, 326: 206, 327: 207, 328: 208,
    329: 209, 330: 210, 331: 211, 332: 212, 333: 213, 335: 215, 336: 216, 337: 217, 338: 218, 339: 219,
    340: 220, 341: 221, 342: 222, 343: 223, 344: 224, 345: 225, 347: 227, 348: 228, 349: 229, 350: 230,
    351: 231, 352: 232, 353: 233, 354: 234, 355: 235, 356: 236, 357: 237, 358: 238, 359: 239, 360: 240,
    361: 241, 362: 242, 363: 243, 364: 244, 365: 245, 366: 246, 367: 247, 368: 248, 369: 249, 370: 250,
    371: 251, 373: 253, 374: 254, 375: 255, 376: 256, 377: 257, 378: 258, 380: 260, 381: 261, 382: 262,
    383: 263, 384: 264, 385: 265, 386: 266, 387: 267, 388: 268, 389: 269, 390: 270, 391: 271, 392: 272,
    393: 273, 394: 274, 395: 275,
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

-- From lua/lib/stock/stock_levels.lua:
--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
local function stock_levels(stock, direction)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_SUMMED_LEVEL = 1000000000000
  -- A product has at most 100 warehouses, each with a level and an event. The other fields are
  -- total, held and prepared.
  local MAX_FIELDS = 203
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared = false, false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 203 fields
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
    elseif field == "prepared" then
      stored_prepared = fields[position + 1]
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level, stored_prepared
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

-- From lua/lib/stock/take_units.lua:
--- Takes units from several warehouses, from the fullest first.
local function take_units(fields, units)
  local levels = {}
  -- at most 203 fields
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
    elseif outcome == "already_committed" or outcome == "unknown" or outcome == "prepared" then
      return outcome
    end
    local stored_missing = string.match(outcome or "", "^shortfall=(%d+)$")
    local missing = stored_integer(stored_missing or "", "commit-operation", 1, MAX_MISSING)
    return { "shortfall", false, false, missing }
  end

  local outcome = "unknown"
  local shortfall = nil
  if known then
    local state, units, ends_at, fence = stored_reservation(known)
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    if state ~= "held" and not (is_over and retake) then
      outcome = state == "committed" and "already_committed" or state
      if state ~= "prepared" and ends_at - now >= HORIZON_MS then
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
        forget_at_ms,
        fence
      )
      return "expired"
    else
      local total, held, field, level, fields, prepared
      if warehouse then
        field = "level:" .. warehouse
        local stored = redis.call("HMGET", stock, "total", "held", field, "prepared")
        total, held = stock_counts(stored[1], stored[2])
        level, prepared = stored_level(stored[3]), stored[4]
      else
        fields, total, held, field, level, prepared = stock_levels(stock, 1)
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
      elseif not backorder then
        -- Units of carts that are being committed are not for other reservations.
        local unprepared = (total or 0) - (stored_integer(prepared, "prepared") or 0)
        missing = math.max(missing, units - unprepared)
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
            now + remember_ms,
            fence
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
