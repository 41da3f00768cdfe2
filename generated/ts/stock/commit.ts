// stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
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
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
    }
  | {
      /** `shortfall`: it had expired, and too few units are available to retake it. */
      readonly outcome: "shortfall";
      /** How many of its units are not available. Units, 1 to 1,000,000,000,000. */
      readonly missing: number;
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
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
  readonly commit: {
    (args: StockCommitArgs, options?: CallOptions): Promise<StockCommitReply>;
    /**
     * Makes many calls of `commit` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly StockCommitArgs[], options?: CallOptions): Promise<ManyResult<StockCommitReply>[]>;
  };
}

/** The script `stock.commit`, as a client loads and calls it. */
export const stockCommit: ManyScript<StockCommitArgs, StockCommitReply> = {
  name: "stock.commit",
  version: "1.0.0",
  digest: "0e3d65efd08b2fb6dff562a186dec98ffc50cef0",
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
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "committed":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[4]),
          status: field.status.decode("status", fields[5]),
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
          statusBefore: field.statusBefore.decode("statusBefore", fields[4]),
          status: field.status.decode("status", fields[5]),
        };
      case "shortfall":
        return {
          outcome,
          missing: field.missing.decode("missing", fields[3]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[4]),
          status: field.status.decode("status", fields[5]),
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
    limit: 64,
    width: 6,
    digest: "3a3609ff209cd0e0bdd9336c16218a069c1654c8",
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
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_status.lua": {
    6: 6, 7: 7, 8: 8, 9: 9, 10: 10, 11: 11, 12: 12, 13: 13, 14: 14,
  },
  "lua/lib/stock/status_change.lua": {
    20: 13, 21: 14, 22: 15, 23: 16, 24: 17, 25: 18, 26: 19, 27: 20, 28: 21, 29: 22,
  },
  "lua/lib/stock/stock_counts.lua": {
    33: 10, 35: 12, 36: 13, 37: 14, 38: 15, 39: 16, 40: 17, 41: 18, 42: 19, 43: 20, 44: 21, 45: 22, 46: 23,
    47: 24, 48: 25,
  },
  "lua/lib/stock/watched_low.lua": {
    53: 7, 55: 9, 57: 11, 58: 12, 59: 13, 60: 14, 61: 15, 62: 16, 63: 17, 64: 18, 65: 19, 66: 20, 67: 21,
  },
  "lua/lib/stock/close_reservation.lua": {
    71: 19, 72: 20, 73: 21, 74: 22, 75: 23, 76: 24, 77: 25, 78: 26, 79: 27, 80: 28, 81: 29, 82: 30, 83: 31,
    84: 32, 86: 34, 87: 35, 88: 36, 89: 37, 90: 38, 92: 40, 93: 41, 94: 42, 95: 43, 96: 44, 97: 45, 98: 46,
    99: 47, 100: 48, 101: 49, 102: 50, 103: 51, 104: 52, 105: 53, 106: 54, 107: 55, 108: 56, 109: 57,
    110: 58,
  },
  "lua/lib/stock/commit_arguments.lua": {
    115: 9, 117: 11, 118: 12, 119: 13,
  },
  "lua/lib/now_ms.lua": {
    123: 4, 124: 5, 125: 6, 126: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    130: 16, 132: 18, 135: 21, 137: 23, 138: 24, 139: 25, 140: 26, 141: 27, 142: 28, 143: 29, 145: 31,
    146: 32, 147: 33, 148: 34, 149: 35, 150: 36, 151: 37, 152: 38, 153: 39, 154: 40, 155: 41, 156: 42,
    157: 43, 158: 44, 159: 45, 160: 46, 161: 47, 162: 48, 163: 49, 164: 50, 165: 51, 166: 52, 167: 53,
    168: 54, 169: 55, 170: 56, 171: 57, 172: 58,
  },
  "lua/lib/stored_integer.lua": {
    177: 9, 179: 11, 180: 12, 181: 13, 182: 14, 183: 15, 184: 16, 185: 17, 186: 18, 187: 19, 188: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    192: 5, 194: 7, 195: 8, 196: 9, 197: 10, 198: 11, 199: 12, 200: 13, 201: 14, 202: 15, 203: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    207: 10, 209: 12, 211: 14, 213: 16, 214: 17, 215: 18, 216: 19, 217: 20, 218: 21, 219: 22, 220: 23,
    221: 24, 222: 25, 223: 26, 224: 27, 225: 28, 226: 29, 227: 30, 228: 31, 229: 32,
  },
  "lua/lib/stock/take_units.lua": {
    233: 11, 234: 12, 236: 14, 237: 15, 238: 16, 239: 17, 240: 18, 241: 19, 242: 20, 243: 21, 244: 22,
    245: 23, 246: 24, 247: 25, 248: 26, 250: 28, 251: 29, 252: 30, 253: 31, 254: 32, 255: 33, 256: 34,
    257: 35, 258: 36, 259: 37,
  },
  "lua/stock/commit.lua": {
    263: 14, 265: 16, 267: 18, 320: 145, 321: 145, 322: 145, 323: 145, 324: 145, 325: 145, 326: 145,
    327: 145, 328: 145, 329: 145, 330: 145, 331: 145, 332: 157, 333: 158, 334: 159, 335: 160, 336: 161,
    337: 162, 338: 162, 339: 164, 340: 165, 341: 166, 342: 167, 343: 168, 344: 169, 345: 170, 346: 171,
    347: 172, 348: 173, 350: 175, 351: 176, 352: 177, 353: 178, 354: 179, 355: 180, 356: 181, 357: 182,
    358: 183, 360: 185, 361: 186, 362: 187, 364: 189, 365: 190, 366: 191, 367: 192, 368: 193, 369: 194,
    370: 195, 371: 196, 372: 197, 373: 198, 374: 199, 375: 200, 376: 201, 377: 202, 378: 203, 379: 204,
    380: 205, 381: 206, 382: 207, 383: 208, 384: 209, 385: 210, 386: 211, 387: 212, 388: 213, 389: 214,
    390: 215, 391: 216, 392: 217, 393: 218, 394: 219, 395: 220, 397: 222, 398: 223, 399: 224, 400: 225,
    401: 226, 402: 227, 403: 228, 404: 229, 405: 230, 406: 231, 407: 232, 409: 234, 410: 235, 411: 236,
    412: 237, 413: 238, 414: 239, 415: 240, 416: 241, 417: 242, 418: 243, 419: 244, 420: 245, 421: 246,
    422: 247, 423: 248, 424: 249, 425: 250, 426: 251, 427: 252, 428: 253, 429: 254, 430: 255, 431: 256,
    432: 257, 434: 259, 435: 260, 436: 261, 437: 262, 438: 263, 439: 264, 441: 266, 442: 267, 443: 268,
    444: 269, 445: 270, 446: 271, 447: 272, 448: 273, 449: 274, 450: 275, 451: 276, 452: 277, 453: 278,
    454: 279, 455: 280, 456: 281, 457: 282, 458: 283, 459: 284, 460: 285, 461: 286,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- From lua/lib/stock/status_change.lua:
--- Compares the status of a watched product before and after a call, and publishes a change: the old
--- status, the new one and the available units, as in \`out_of_stock in_stock 5\`. The channel has the
--- name of the stock's key.
local function status_change(stock, low, before, after)
  if before == after then
    return nil, nil
  end
  local status_before, status = stock_status(before, low), stock_status(after, low)
  if status ~= status_before then
    redis.call("PUBLISH", stock, string.format("%s %s %d", status_before, status, after))
  end
  return status_before, status
end

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

-- From lua/lib/stock/watched_low.lua:
--- Reads the field \`watch\` of a stock, such as \`17 3\`: the sequence of its event, and from which
--- number of available units down the product counts as low.
local function watched_low(value)
  -- The upper bound of the type units.
  local MAX_LOW = 1000000000000
  -- The upper bound of the type sequence.
  local MAX_WATCH_SEQUENCE = 9007199254740991
  if not value then
    return nil, -1
  end
  local stored_sequence, stored_low = string.match(value, "^(%d+) (%d+)$")
  local sequence, low = tonumber(stored_sequence), tonumber(stored_low)
  if not low or low > MAX_LOW or not sequence or sequence > MAX_WATCH_SEQUENCE then
    error({ err = "CORRUPT watch" })
  end
  return low, sequence
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
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[3])
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
  local available = (total or 0) - still_held
  if low then
    return available, status_change(stock, low, (total or 0) - held, available)
  end
  return available, nil, nil
end

-- From lua/lib/stock/commit_arguments.lua:
--- The arguments of one call of commit, as its remembered answer has them: the reservation, a tab, and
--- the warehouse if there is one, then a tab and a word for each option.
local function commit_arguments(reservation, warehouse, retake, backorder)
  -- No name has a tab.
  local options = (retake and "\\tretake" or "") .. (backorder and "\\tbackorder" or "")
  return reservation .. "\\t" .. (warehouse or "") .. options
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
  -- A product has at most 100 warehouses, each with a level and an event. The other four fields are
  -- total, held, prepared and watch.
  local MAX_FIELDS = 204
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared, watch = false, false, false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 204 fields
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
    elseif field == "watch" then
      watch = fields[position + 1]
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level, watch, stored_prepared
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
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
  -- at most 204 fields
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
  if remembered then
    local outcome, stored_arguments = string.match(remembered, "^(%S+) (.+)$")
    if
      stored_arguments and stored_arguments ~= commit_arguments(reservation, warehouse, retake, backorder)
    then
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
  local shortfall, status_before, status = nil, nil, nil
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
      local _, status_before, status = close_reservation(
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
      return { "expired", false, false, false, status_before or false, status }
    else
      local total, held, field, level, fields, prepared, watch
      if warehouse then
        field = "level:" .. warehouse
        local stored = redis.call("HMGET", stock, "total", "held", field, "prepared", "watch")
        total, held = stock_counts(stored[1], stored[2])
        level, prepared, watch = stored_level(stored[3]), stored[4], stored[5]
      else
        fields, total, held, field, level, watch, prepared = stock_levels(stock, 1)
      end
      local low = watched_low(watch)
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
      -- Units of carts that are being committed are not for other reservations.
      local unprepared = (total or 0) - (stored_integer(prepared, "prepared") or 0)
      if total and held < own then
        error({ err = "CORRUPT held" })
      elseif level and not total then
        error({ err = "CORRUPT total" })
      elseif is_over and missing > 0 then
        shortfall = math.min(missing, units)
        if state == "held" then
          local _
          _, status_before, status = close_reservation(
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
      elseif total and (missing > 0 or (units > unprepared and not backorder)) then
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
        local available = total - units - held + own
        if low then
          status_before, status = status_change(stock, low, total - held, available)
        end
        return { "committed", total - units, available or false, false, status_before or false, status }
      end
    end
  end
  local arguments = commit_arguments(reservation, warehouse, retake, backorder)
  if shortfall then
    local answer = string.format("shortfall=%d %s", shortfall, arguments)
    redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    return { "shortfall", false, false, shortfall or false, status_before or false, status }
  end
  redis.call("SET", commit_operation, outcome .. " " .. arguments, "PX", math.min(remember_ms, HORIZON_MS))
  return outcome
end
`;

/** Source file -> line of the Lua text below -> line of that source file. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_status.lua": {
    7: 6, 8: 7, 9: 8, 10: 9, 11: 10, 12: 11, 13: 12, 14: 13, 15: 14,
  },
  "lua/lib/stock/status_change.lua": {
    21: 13, 22: 14, 23: 15, 24: 16, 25: 17, 26: 18, 27: 19, 28: 20, 29: 21, 30: 22,
  },
  "lua/lib/stock/stock_counts.lua": {
    34: 10, 36: 12, 37: 13, 38: 14, 39: 15, 40: 16, 41: 17, 42: 18, 43: 19, 44: 20, 45: 21, 46: 22, 47: 23,
    48: 24, 49: 25,
  },
  "lua/lib/stock/watched_low.lua": {
    54: 7, 56: 9, 58: 11, 59: 12, 60: 13, 61: 14, 62: 15, 63: 16, 64: 17, 65: 18, 66: 19, 67: 20, 68: 21,
  },
  "lua/lib/stock/close_reservation.lua": {
    72: 19, 73: 20, 74: 21, 75: 22, 76: 23, 77: 24, 78: 25, 79: 26, 80: 27, 81: 28, 82: 29, 83: 30, 84: 31,
    85: 32, 87: 34, 88: 35, 89: 36, 90: 37, 91: 38, 93: 40, 94: 41, 95: 42, 96: 43, 97: 44, 98: 45, 99: 46,
    100: 47, 101: 48, 102: 49, 103: 50, 104: 51, 105: 52, 106: 53, 107: 54, 108: 55, 109: 56, 110: 57,
    111: 58,
  },
  "lua/lib/stock/commit_arguments.lua": {
    116: 9, 118: 11, 119: 12, 120: 13,
  },
  "lua/lib/now_ms.lua": {
    124: 4, 125: 5, 126: 6, 127: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    131: 16, 133: 18, 136: 21, 138: 23, 139: 24, 140: 25, 141: 26, 142: 27, 143: 28, 144: 29, 146: 31,
    147: 32, 148: 33, 149: 34, 150: 35, 151: 36, 152: 37, 153: 38, 154: 39, 155: 40, 156: 41, 157: 42,
    158: 43, 159: 44, 160: 45, 161: 46, 162: 47, 163: 48, 164: 49, 165: 50, 166: 51, 167: 52, 168: 53,
    169: 54, 170: 55, 171: 56, 172: 57, 173: 58,
  },
  "lua/lib/stored_integer.lua": {
    178: 9, 180: 11, 181: 12, 182: 13, 183: 14, 184: 15, 185: 16, 186: 17, 187: 18, 188: 19, 189: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    193: 5, 195: 7, 196: 8, 197: 9, 198: 10, 199: 11, 200: 12, 201: 13, 202: 14, 203: 15, 204: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    208: 10, 210: 12, 212: 14, 214: 16, 215: 17, 216: 18, 217: 19, 218: 20, 219: 21, 220: 22, 221: 23,
    222: 24, 223: 25, 224: 26, 225: 27, 226: 28, 227: 29, 228: 30, 229: 31, 230: 32,
  },
  "lua/lib/stock/take_units.lua": {
    234: 11, 235: 12, 237: 14, 238: 15, 239: 16, 240: 17, 241: 18, 242: 19, 243: 20, 244: 21, 245: 22,
    246: 23, 247: 24, 248: 25, 249: 26, 251: 28, 252: 29, 253: 30, 254: 31, 255: 32, 256: 33, 257: 34,
    258: 35, 259: 36, 260: 37,
  },
  "lua/stock/commit.lua": {
    264: 14, 266: 16, 268: 18, 329: 145, 330: 145, 331: 145, 332: 145, 333: 145, 334: 145, 335: 145,
    336: 145, 337: 145, 338: 145, 339: 145, 340: 145, 341: 157, 342: 158, 343: 159, 344: 160, 345: 161,
    346: 162, 347: 162, 348: 164, 349: 165, 350: 166, 351: 167, 352: 168, 353: 169, 354: 170, 355: 171,
    356: 172, 357: 173, 359: 175, 360: 176, 361: 177, 362: 178, 363: 179, 364: 180, 365: 181, 366: 182,
    367: 183, 369: 185, 370: 186, 371: 187, 373: 189, 374: 190, 375: 191, 376: 192, 377: 193, 378: 194,
    379: 195, 380: 196, 381: 197, 382: 198, 383: 199, 384: 200, 385: 201, 386: 202, 387: 203, 388: 204,
    389: 205, 390: 206, 391: 207, 392: 208, 393: 209, 394: 210, 395: 211, 396: 212, 397: 213, 398: 214,
    399: 215, 400: 216, 401: 217, 402: 218, 403: 219, 404: 220, 406: 222, 407: 223, 408: 224, 409: 225,
    410: 226, 411: 227, 412: 228, 413: 229, 414: 230, 415: 231, 416: 232, 418: 234, 419: 235, 420: 236,
    421: 237, 422: 238, 423: 239, 424: 240, 425: 241, 426: 242, 427: 243, 428: 244, 429: 245, 430: 246,
    431: 247, 432: 248, 433: 249, 434: 250, 435: 251, 436: 252, 437: 253, 438: 254, 439: 255, 440: 256,
    441: 257, 443: 259, 444: 260, 445: 261, 446: 262, 447: 263, 448: 264, 450: 266, 451: 267, 452: 268,
    453: 269, 454: 270, 455: 271, 456: 272, 457: 273, 458: 274, 459: 275, 460: 276, 461: 277, 462: 278,
    463: 279, 464: 280, 465: 281, 466: 282, 467: 283, 468: 284, 469: 285, 470: 286,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- From lua/lib/stock/status_change.lua:
--- Compares the status of a watched product before and after a call, and publishes a change: the old
--- status, the new one and the available units, as in \`out_of_stock in_stock 5\`. The channel has the
--- name of the stock's key.
local function status_change(stock, low, before, after)
  if before == after then
    return nil, nil
  end
  local status_before, status = stock_status(before, low), stock_status(after, low)
  if status ~= status_before then
    redis.call("PUBLISH", stock, string.format("%s %s %d", status_before, status, after))
  end
  return status_before, status
end

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

-- From lua/lib/stock/watched_low.lua:
--- Reads the field \`watch\` of a stock, such as \`17 3\`: the sequence of its event, and from which
--- number of available units down the product counts as low.
local function watched_low(value)
  -- The upper bound of the type units.
  local MAX_LOW = 1000000000000
  -- The upper bound of the type sequence.
  local MAX_WATCH_SEQUENCE = 9007199254740991
  if not value then
    return nil, -1
  end
  local stored_sequence, stored_low = string.match(value, "^(%d+) (%d+)$")
  local sequence, low = tonumber(stored_sequence), tonumber(stored_low)
  if not low or low > MAX_LOW or not sequence or sequence > MAX_WATCH_SEQUENCE then
    error({ err = "CORRUPT watch" })
  end
  return low, sequence
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
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[3])
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
  local available = (total or 0) - still_held
  if low then
    return available, status_change(stock, low, (total or 0) - held, available)
  end
  return available, nil, nil
end

-- From lua/lib/stock/commit_arguments.lua:
--- The arguments of one call of commit, as its remembered answer has them: the reservation, a tab, and
--- the warehouse if there is one, then a tab and a word for each option.
local function commit_arguments(reservation, warehouse, retake, backorder)
  -- No name has a tab.
  local options = (retake and "\\tretake" or "") .. (backorder and "\\tbackorder" or "")
  return reservation .. "\\t" .. (warehouse or "") .. options
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
  -- A product has at most 100 warehouses, each with a level and an event. The other four fields are
  -- total, held, prepared and watch.
  local MAX_FIELDS = 204
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared, watch = false, false, false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 204 fields
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
    elseif field == "watch" then
      watch = fields[position + 1]
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level, watch, stored_prepared
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
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
  -- at most 204 fields
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

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS / 5
if wrapper_calls < 1 or wrapper_calls > 64 or wrapper_calls % 1 ~= 0 or #ARGV ~= 5 * wrapper_calls then
  return { err = "ARGUMENT stock.commit expected 1 to 64 calls, each with 5 keys and 5 arguments" }
end
-- Locals cost less than globals.
local KEYS, ARGV, xpcall, type = KEYS, ARGV, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = ARGV[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.commit reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.commit reservation: expected no control characters and no braces" }
  end
  local arg_warehouse = ARGV[wrapper_arguments + 2]
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
  local arg_retake = ARGV[wrapper_arguments + 3]
  if arg_retake == "" then
    arg_retake = nil
  else
    if arg_retake ~= "1" and arg_retake ~= "0" then
      return { err = "ARGUMENT stock.commit retake: expected 1 or 0" }
    end
    arg_retake = arg_retake == "1"
  end
  local arg_backorder = ARGV[wrapper_arguments + 4]
  if arg_backorder == "" then
    arg_backorder = nil
  else
    if arg_backorder ~= "1" and arg_backorder ~= "0" then
      return { err = "ARGUMENT stock.commit backorder: expected 1 or 0" }
    end
    arg_backorder = arg_backorder == "1"
  end
  local arg_remember_ms = tonumber(ARGV[wrapper_arguments + 5])
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
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      arg_reservation,
      arg_warehouse,
      arg_retake,
      arg_backorder,
      arg_remember_ms
    local known = redis.call("HGET", reservations, reservation)
    local remembered = redis.call("GET", commit_operation)
    if remembered then
      local outcome, stored_arguments = string.match(remembered, "^(%S+) (.+)$")
      if
        stored_arguments and stored_arguments ~= commit_arguments(reservation, warehouse, retake, backorder)
      then
        return "mismatch"
      elseif outcome == "short" or outcome == "released" or outcome == "expired" then
        return outcome
      elseif outcome == "already_committed" or outcome == "unknown" or outcome == "prepared" then
        return outcome
      end
      local stored_missing = string.match(outcome or "", "^shortfall=(%d+)$")
      local missing = stored_integer(stored_missing or "", "commit-operation", 1, MAX_MISSING)
      return "shortfall", false, false, missing
    end

    local outcome = "unknown"
    local shortfall, status_before, status = nil, nil, nil
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
        local _, status_before, status = close_reservation(
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
        return "expired", false, false, false, status_before or false, status
      else
        local total, held, field, level, fields, prepared, watch
        if warehouse then
          field = "level:" .. warehouse
          local stored = redis.call("HMGET", stock, "total", "held", field, "prepared", "watch")
          total, held = stock_counts(stored[1], stored[2])
          level, prepared, watch = stored_level(stored[3]), stored[4], stored[5]
        else
          fields, total, held, field, level, watch, prepared = stock_levels(stock, 1)
        end
        local low = watched_low(watch)
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
        -- Units of carts that are being committed are not for other reservations.
        local unprepared = (total or 0) - (stored_integer(prepared, "prepared") or 0)
        if total and held < own then
          error({ err = "CORRUPT held" })
        elseif level and not total then
          error({ err = "CORRUPT total" })
        elseif is_over and missing > 0 then
          shortfall = math.min(missing, units)
          if state == "held" then
            local _
            _, status_before, status = close_reservation(
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
        elseif total and (missing > 0 or (units > unprepared and not backorder)) then
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
          local available = total - units - held + own
          if low then
            status_before, status = status_change(stock, low, total - held, available)
          end
          return "committed", total - units, available or false, false, status_before or false, status
        end
      end
    end
    local arguments = commit_arguments(reservation, warehouse, retake, backorder)
    if shortfall then
      local answer = string.format("shortfall=%d %s", shortfall, arguments)
      redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
      return "shortfall", false, false, shortfall or false, status_before or false, status
    end
    redis.call("SET", commit_operation, outcome .. " " .. arguments, "PX", math.min(remember_ms, HORIZON_MS))
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
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 5
  wrapper_arguments = wrapper_arguments + 5
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
