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
  digest: "867065a4c703f2b9f860e6b8d1507924d22ac056",
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
    digest: "f956b5da6ea7a8e24e0ed76f2a654639276ca1ba",
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
  "lua/lib/now_ms.lua": {
    114: 4, 115: 5, 116: 6, 117: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    121: 16, 123: 18, 126: 21, 128: 23, 129: 24, 130: 25, 131: 26, 132: 27, 133: 28, 134: 29, 136: 31,
    137: 32, 138: 33, 139: 34, 140: 35, 141: 36, 142: 37, 143: 38, 144: 39, 145: 40, 146: 41, 147: 42,
    148: 43, 149: 44, 150: 45, 151: 46, 152: 47, 153: 48, 154: 49, 155: 50, 156: 51, 157: 52, 158: 53,
    159: 54, 160: 55, 161: 56, 162: 57, 163: 58,
  },
  "lua/lib/stored_integer.lua": {
    168: 9, 170: 11, 171: 12, 172: 13, 173: 14, 174: 15, 175: 16, 176: 17, 177: 18, 178: 19, 179: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    183: 5, 185: 7, 186: 8, 187: 9, 188: 10, 189: 11, 190: 12, 191: 13, 192: 14, 193: 15, 194: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    198: 10, 200: 12, 202: 14, 204: 16, 205: 17, 206: 18, 207: 19, 208: 20, 209: 21, 210: 22, 211: 23,
    212: 24, 213: 25, 214: 26, 215: 27, 216: 28, 217: 29, 218: 30, 219: 31, 220: 32,
  },
  "lua/lib/stock/take_units.lua": {
    224: 11, 225: 12, 227: 14, 228: 15, 229: 16, 230: 17, 231: 18, 232: 19, 233: 20, 234: 21, 235: 22,
    236: 23, 237: 24, 238: 25, 239: 26, 241: 28, 242: 29, 243: 30, 244: 31, 245: 32, 246: 33, 247: 34,
    248: 35, 249: 36, 250: 37,
  },
  "lua/stock/commit.lua": {
    254: 13, 256: 15, 258: 17, 311: 144, 312: 144, 313: 144, 314: 144, 315: 144, 316: 144, 317: 144,
    318: 144, 319: 144, 320: 144, 321: 144, 322: 144, 323: 156, 324: 157, 326: 159, 327: 160, 328: 161,
    329: 162, 330: 163, 331: 164, 332: 165, 333: 166, 334: 167, 335: 168, 336: 169, 337: 170, 338: 171,
    339: 172, 340: 173, 342: 175, 343: 176, 344: 177, 345: 178, 346: 179, 347: 180, 348: 181, 349: 182,
    350: 183, 352: 185, 353: 186, 354: 187, 356: 189, 357: 190, 358: 191, 359: 192, 360: 193, 361: 194,
    362: 195, 363: 196, 364: 197, 365: 198, 366: 199, 367: 200, 368: 201, 369: 202, 370: 203, 371: 204,
    372: 205, 373: 206, 374: 207, 375: 208, 376: 209, 377: 210, 378: 211, 379: 212, 380: 213, 381: 214,
    382: 215, 383: 216, 384: 217, 385: 218, 386: 219, 387: 220, 389: 222, 390: 223, 391: 224, 392: 225,
    393: 226, 394: 227, 395: 228, 396: 229, 397: 230, 398: 231, 399: 232, 401: 234, 402: 235, 403: 236,
    404: 237, 405: 238, 406: 239, 407: 240, 408: 241, 409: 242, 410: 243, 411: 244, 412: 245, 413: 246,
    414: 247, 415: 248, 416: 249, 417: 250, 418: 251, 419: 252, 420: 253, 421: 254, 422: 255, 423: 256,
    424: 257, 426: 259, 427: 260, 428: 261, 429: 262, 430: 263, 431: 264, 433: 266, 434: 267, 435: 268,
    436: 269, 437: 270, 438: 271, 439: 272, 440: 273, 441: 274, 442: 275, 443: 276, 444: 277, 445: 278,
    446: 279, 447: 280, 448: 281, 449: 282, 450: 283, 451: 284, 452: 285,
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
  "lua/lib/now_ms.lua": {
    115: 4, 116: 5, 117: 6, 118: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    122: 16, 124: 18, 127: 21, 129: 23, 130: 24, 131: 25, 132: 26, 133: 27, 134: 28, 135: 29, 137: 31,
    138: 32, 139: 33, 140: 34, 141: 35, 142: 36, 143: 37, 144: 38, 145: 39, 146: 40, 147: 41, 148: 42,
    149: 43, 150: 44, 151: 45, 152: 46, 153: 47, 154: 48, 155: 49, 156: 50, 157: 51, 158: 52, 159: 53,
    160: 54, 161: 55, 162: 56, 163: 57, 164: 58,
  },
  "lua/lib/stored_integer.lua": {
    169: 9, 171: 11, 172: 12, 173: 13, 174: 14, 175: 15, 176: 16, 177: 17, 178: 18, 179: 19, 180: 20,
  },
  "lua/lib/stock/stored_level.lua": {
    184: 5, 186: 7, 187: 8, 188: 9, 189: 10, 190: 11, 191: 12, 192: 13, 193: 14, 194: 15, 195: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    199: 10, 201: 12, 203: 14, 205: 16, 206: 17, 207: 18, 208: 19, 209: 20, 210: 21, 211: 22, 212: 23,
    213: 24, 214: 25, 215: 26, 216: 27, 217: 28, 218: 29, 219: 30, 220: 31, 221: 32,
  },
  "lua/lib/stock/take_units.lua": {
    225: 11, 226: 12, 228: 14, 229: 15, 230: 16, 231: 17, 232: 18, 233: 19, 234: 20, 235: 21, 236: 22,
    237: 23, 238: 24, 239: 25, 240: 26, 242: 28, 243: 29, 244: 30, 245: 31, 246: 32, 247: 33, 248: 34,
    249: 35, 250: 36, 251: 37,
  },
  "lua/stock/commit.lua": {
    255: 13, 257: 15, 259: 17, 320: 144, 321: 144, 322: 144, 323: 144, 324: 144, 325: 144, 326: 144,
    327: 144, 328: 144, 329: 144, 330: 144, 331: 144, 332: 156, 333: 157, 335: 159, 336: 160, 337: 161,
    338: 162, 339: 163, 340: 164, 341: 165, 342: 166, 343: 167, 344: 168, 345: 169, 346: 170, 347: 171,
    348: 172, 349: 173, 351: 175, 352: 176, 353: 177, 354: 178, 355: 179, 356: 180, 357: 181, 358: 182,
    359: 183, 361: 185, 362: 186, 363: 187, 365: 189, 366: 190, 367: 191, 368: 192, 369: 193, 370: 194,
    371: 195, 372: 196, 373: 197, 374: 198, 375: 199, 376: 200, 377: 201, 378: 202, 379: 203, 380: 204,
    381: 205, 382: 206, 383: 207, 384: 208, 385: 209, 386: 210, 387: 211, 388: 212, 389: 213, 390: 214,
    391: 215, 392: 216, 393: 217, 394: 218, 395: 219, 396: 220, 398: 222, 399: 223, 400: 224, 401: 225,
    402: 226, 403: 227, 404: 228, 405: 229, 406: 230, 407: 231, 408: 232, 410: 234, 411: 235, 412: 236,
    413: 237, 414: 238, 415: 239, 416: 240, 417: 241, 418: 242, 419: 243, 420: 244, 421: 245, 422: 246,
    423: 247, 424: 248, 425: 249, 426: 250, 427: 251, 428: 252, 429: 253, 430: 254, 431: 255, 432: 256,
    433: 257, 435: 259, 436: 260, 437: 261, 438: 262, 439: 263, 440: 264, 442: 266, 443: 267, 444: 268,
    445: 269, 446: 270, 447: 271, 448: 272, 449: 273, 450: 274, 451: 275, 452: 276, 453: 277, 454: 278,
    455: 279, 456: 280, 457: 281, 458: 282, 459: 283, 460: 284, 461: 285,
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
