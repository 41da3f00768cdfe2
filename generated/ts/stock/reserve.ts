// stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
  /** An older reservation of the buyer, which ends if this one is reserved. 1 to 256 bytes. */
  readonly replaces?: string | undefined;
  /** Holds the units although too few are available. */
  readonly backorder?: boolean | undefined;
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
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
      /** An earlier call has reserved the units, and this one changed nothing. It may be absent. */
      readonly repeated: boolean | undefined;
    }
  | {
      /** `refused`: too few units are available. */
      readonly outcome: "refused";
      /**
       * The total minus held units, after this call. Units, -200,000,000,000,000 to
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
      /** An earlier call has reserved the units, and this one changed nothing. It may be absent. */
      readonly repeated: boolean | undefined;
    }
  | {
      /**
       * - `again`: too few are available, but more leases are over than one call closes, so call
       *   again.
       * - `mismatch`: the reservation holds another number of units, or a remembered answer of this
       *   operation was for other arguments.
       * - `prepared`: a cart that has it, or the one that it replaces, is being committed.
       * - `already_committed`: it was committed before.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the product has no stock.
       */
      readonly outcome: "again" | "mismatch" | "prepared" | "already_committed" | "released" | "expired" | "unknown";
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
      /** An earlier call has reserved the units, and this one changed nothing. It may be absent. */
      readonly repeated: boolean | undefined;
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
   * `replaces` names an older reservation of the same buyer and product. If the new one is
   * reserved, the old one is released in the same step, also if its lease has ended. If not, the
   * old one stays as it was. A reservation that is known already replaces nothing.
   *
   * With `backorder`, the script holds the units although too few are available. Available may then
   * be below zero. A product on preorder has a level of 0.
   *
   * The script writes the product into the index of its slot, so that the sweeper of
   * `moonpath/expiry` finds it when a lease ends. Without a sweeper, units of an ended lease are
   * available again with the next reserve of the product.
   *
   * The script remembers every answer except "reserved" under the operation, for rememberMs but at
   * most 11 minutes, unless a closed reservation is known for longer. A new attempt needs a new
   * operation; the client generates one for each call. After "reserved", the operation is not
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
   * - `prepared`: a cart that has it, or the one that it replaces, is being committed.
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
   * for rememberMs but at most 11 minutes; a second run holds no more units.
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
  digest: "b31f19baa91c3023a014268bf19cc73389a69f2f",
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
        argument.replaces.encode("replaces", args.replaces),
        argument.backorder.encode("backorder", args.backorder),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "reserved":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[3]),
          status: field.status.decode("status", fields[4]),
          repeated: field.repeated.decode("repeated", fields[5]),
        };
      case "refused":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[3]),
          status: field.status.decode("status", fields[4]),
          repeated: field.repeated.decode("repeated", fields[5]),
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
          statusBefore: field.statusBefore.decode("statusBefore", fields[3]),
          status: field.status.decode("status", fields[4]),
          repeated: field.repeated.decode("repeated", fields[5]),
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
    width: 6,
    digest: "16020e79d937896b7ac814adc424560242fa8d40",
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
  replaces: optional(types.id),
  backorder: optional(types.flag),
  leaseMs: types.ms,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["reserved", "refused", "again", "mismatch", "prepared", "already_committed", "released", "expired", "unknown"]),
  available: types.available,
  leaseEndsMs: types.epochMs,
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
  repeated: optional(types.flag),
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
  "lua/lib/stock/held_reservations.lua": {
    114: 10, 116: 12, 117: 13, 118: 14, 119: 15, 120: 16, 121: 17, 123: 19, 124: 20, 125: 21, 126: 22,
    127: 23, 128: 24, 129: 25, 130: 26, 131: 27, 132: 28, 133: 29, 134: 30, 135: 31, 136: 32, 137: 33,
  },
  "lua/lib/stock/ended_leases.lua": {
    142: 16, 143: 17, 144: 18, 145: 19, 146: 20, 147: 21, 148: 22, 149: 23, 151: 25, 152: 26, 153: 27,
    154: 28, 155: 29, 156: 30, 157: 31, 158: 32, 159: 33, 160: 34, 161: 35,
  },
  "lua/lib/stock/forget_closed.lua": {
    165: 6, 166: 7, 167: 8, 168: 9, 169: 10, 170: 11, 171: 12, 172: 13, 173: 14,
  },
  "lua/lib/slot_member.lua": {
    178: 6, 179: 7, 180: 8,
  },
  "lua/lib/stock/index_lease_end.lua": {
    185: 10, 186: 11, 187: 12, 189: 14, 190: 15, 191: 16, 192: 17, 193: 18, 194: 19,
  },
  "lua/lib/now_ms.lua": {
    198: 4, 199: 5, 200: 6, 201: 7,
  },
  "lua/lib/stored_integer.lua": {
    206: 9, 208: 11, 209: 12, 210: 13, 211: 14, 212: 15, 213: 16, 214: 17, 215: 18, 216: 19, 217: 20,
  },
  "lua/lib/stock/remembered_reserve.lua": {
    221: 9, 223: 11, 224: 12, 225: 13, 226: 14, 227: 15, 228: 16, 229: 17, 230: 18, 231: 19, 232: 20,
    233: 21, 234: 22, 235: 23, 236: 24, 237: 25, 238: 26, 239: 27,
  },
  "lua/lib/stock/stored_reservation.lua": {
    243: 10, 245: 12, 247: 14, 249: 16, 250: 17, 251: 18, 252: 19, 253: 20, 254: 21, 255: 22, 256: 23,
    257: 24, 258: 25, 259: 26, 260: 27, 261: 28, 262: 29, 263: 30, 264: 31, 265: 32,
  },
  "lua/lib/stock/replaced_reservation.lua": {
    269: 10, 270: 11, 271: 12, 272: 13, 273: 14, 274: 15, 275: 16, 277: 18, 278: 19, 279: 20, 280: 21,
    281: 22, 282: 23, 283: 24,
  },
  "lua/lib/stock/reserve_arguments.lua": {
    288: 9, 289: 10, 290: 11, 292: 13, 293: 14, 294: 15, 295: 16,
  },
  "lua/stock/reserve.lua": {
    299: 15, 301: 17, 353: 161, 354: 161, 355: 161, 356: 161, 357: 161, 358: 161, 359: 161, 360: 161,
    361: 161, 362: 161, 363: 161, 364: 161, 365: 161, 366: 161, 367: 175, 368: 176, 369: 177, 370: 178,
    371: 179, 372: 180, 373: 181, 374: 182, 375: 182, 376: 182, 377: 182, 378: 182, 379: 182, 380: 182,
    381: 182, 382: 182, 383: 182, 384: 183, 386: 185, 387: 186, 388: 187, 389: 188, 390: 189, 391: 190,
    392: 191, 393: 192, 394: 193, 395: 194, 396: 195, 397: 196, 399: 198, 400: 199, 401: 200, 402: 201,
    403: 202, 404: 203, 405: 204, 406: 205, 407: 206, 408: 207, 409: 208, 410: 209, 411: 210, 412: 211,
    413: 212, 414: 213, 416: 215, 417: 216, 418: 217, 419: 218, 421: 220, 422: 221, 423: 222, 424: 223,
    425: 224, 426: 225, 427: 226, 428: 227, 429: 228, 430: 229, 431: 230, 432: 231, 433: 232, 434: 233,
    436: 235, 437: 236, 438: 237, 439: 238, 440: 239, 441: 240, 443: 242, 444: 243, 445: 244, 446: 245,
    447: 246, 448: 247, 449: 248, 450: 249, 451: 250, 452: 251, 453: 252, 455: 254, 457: 256, 458: 257,
    459: 258, 460: 259, 461: 260, 462: 261, 463: 262, 464: 263, 465: 264, 466: 265, 467: 266, 468: 267,
    469: 268, 470: 269, 471: 270, 472: 271, 474: 273, 476: 275, 477: 276, 478: 277, 480: 279, 481: 280,
    482: 281, 483: 282, 484: 283, 485: 284, 486: 285, 487: 286, 488: 287, 490: 289, 491: 290, 492: 291,
    493: 292, 494: 293, 495: 294, 496: 295, 497: 296, 498: 297, 499: 298,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/stock/ended_leases.lua:
--- Finds the first reservations of a product whose lease is over, at most 100, and prepares the
--- commands that close them.
local function ended_leases(reservations, reservation_ends, now, forget_at_ms, except)
  local MAX_ENDED = 100
  local now_text = string.format("%d", now)
  local due = redis.call("ZCOUNT", reservation_ends, "-inf", now_text)
  if due == 0 then
    return nil, nil, nil, 0, false
  end
  local names = redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_ENDED)
  -- at most 100 names
  for position = #names, except and 1 or 101, -1 do
    if names[position] == except then
      table.remove(names, position)
    end
  end
  if #names == 0 then
    return nil, nil, nil, 0, false
  end
  local texts, forget_times, units = held_reservations(reservations, names, "expired", forget_at_ms)
  return names, texts, forget_times, units, due > MAX_ENDED
end

-- From lua/lib/stock/forget_closed.lua:
--- Removes closed reservations that are no longer remembered, at most 10.
local function forget_closed(reservations, closed_reservations, now_text)
  local MAX_FORGOTTEN = 10
  local names =
    redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_FORGOTTEN)
  if #names > 0 then
    redis.call("HDEL", reservations, unpack(names))
    redis.call("ZREM", closed_reservations, unpack(names))
  end
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/lib/stock/index_lease_end.lua:
--- Enters a product into the index of its slot by the end of a lease, if it is not there by an earlier
--- time. Tells the sweepers if it is then the first of the slot.
local function index_lease_end(slot_due, stock, now, ends_text)
  local member = slot_member(stock)
  if redis.call("ZADD", slot_due, "LT", "CH", ends_text, member) == 1 then
    -- An overdue product may stay the first for long, so it does not hold back the message.
    local first = redis.call("ZRANGE", slot_due, "0", "0", "WITHSCORES")
    if first[1] == member or (tonumber(first[2]) or now) <= now then
      redis.call("PUBLISH", slot_due, ends_text)
    end
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/stock/remembered_reserve.lua:
--- Reads the remembered answer of a call of reserve, such as \`refused 2 3 cart-1\`.
local function remembered_reserve(remembered, arguments)
  -- The bounds of the type available.
  local AVAILABLE_LIMIT = 200000000000000
  local outcome, stored_available, stored_arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
  local available =
    stored_integer(stored_available or "", "reserve-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
  if stored_arguments ~= arguments then
    return "mismatch", nil
  elseif outcome == "refused" then
    return "refused", available
  elseif outcome == "again" or outcome == "mismatch" or outcome == "already_committed" then
    return outcome, nil
  elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
    return outcome, nil
  elseif outcome == "prepared" then
    return "prepared", nil
  end
  error({ err = "CORRUPT reserve-operation" })
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

-- From lua/lib/stock/replaced_reservation.lua:
--- Finds how many units a new reservation of the same buyer frees by replacing an older one.
local function replaced_reservation(old, name, ended)
  local state, units = stored_reservation(old)
  if state == "expired" then
    return units, 0
  elseif state ~= "held" then
    return nil, 0
  end
  -- at most 100 names
  for position = 1, ended and #ended or 0 do
    if ended[position] == name then
      return units, 0
    end
  end
  return units, units
end

-- From lua/lib/stock/reserve_arguments.lua:
--- The arguments of one call of reserve, as its remembered answer has them: \`3 cart-1\`, and with
--- \`replaces\` or \`backorder\` two more parts, after a tab each.
local function reserve_arguments(units, reservation, replaces, backorder)
  local arguments = string.format("%d %s", units, reservation)
  if replaces or backorder then
    -- No name has a tab.
    return arguments .. "\\t" .. (replaces or "") .. "\\t" .. (backorder and "backorder" or "")
  end
  return arguments
end

-- From lua/stock/reserve.lua:
-- The upper bound of the field held.
local MAX_HELD_UNITS = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 6 then
  return { err = "ARGUMENT stock.reserve expected 6 keys and 6 arguments" }
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
local arg_replaces = ARGV[3]
if arg_replaces == "" then
  arg_replaces = nil
else
  if arg_replaces == "" or #arg_replaces > 256 then
    return { err = "ARGUMENT stock.reserve replaces: expected 1 to 256 bytes" }
  end
  if string.find(arg_replaces, "[%c{}]") then
    return { err = "ARGUMENT stock.reserve replaces: expected no control characters and no braces" }
  end
end
local arg_backorder = ARGV[4]
if arg_backorder == "" then
  arg_backorder = nil
else
  if arg_backorder ~= "1" and arg_backorder ~= "0" then
    return { err = "ARGUMENT stock.reserve backorder: expected 1 or 0" }
  end
  arg_backorder = arg_backorder == "1"
end
local arg_lease_ms = tonumber(ARGV[5])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_remember_ms = tonumber(ARGV[6])
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
  local stock, reservations, reservation_ends, closed_reservations, slot_due, reserve_operation, reservation, units, replaces, backorder, lease_ms, remember_ms =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    KEYS[6],
    arg_reservation,
    arg_units,
    arg_replaces,
    arg_backorder,
    arg_lease_ms,
    arg_remember_ms
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = stored[3] and watched_low(stored[3])
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", reserve_operation)
  local now = now_ms()
  if remembered then
    local reply_outcome, reply_available, reply_lease_ends_ms, reply_status_before, reply_status, reply_repeated =
      remembered_reserve(remembered, reserve_arguments(units, reservation, replaces, backorder))
    return {
      reply_outcome,
      reply_available or false,
      reply_lease_ends_ms or false,
      reply_status_before or false,
      reply_status or false,
      reply_repeated ~= nil and (reply_repeated and 1 or 0),
    }
  end

  local outcome, available = "unknown", 0
  local old = replaces and not known and redis.call("HGET", reservations, replaces)
  local status_before, status = nil, nil
  if known then
    local state, known_units, ends_at, fence = stored_reservation(known)
    if state == "held" and now < ends_at then
      if total and known_units == units then
        return { "reserved", total - held, ends_at or false, false, false, 1 }
      end
      outcome = total and "mismatch" or "unknown"
    elseif state == "held" then
      outcome = "expired"
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      local _
      _, status_before, status = close_reservation(
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
  elseif old and string.find(old, "^prepared ") then
    -- The buyer is paying for the older one.
    outcome = "prepared"
  elseif total then
    local forget_at_ms = now + remember_ms
    local names, texts, forget_times, freed, has_more =
      ended_leases(reservations, reservation_ends, now, forget_at_ms)
    local old_units, replaced = nil, 0
    if old and replaces then
      old_units, replaced = replaced_reservation(old, replaces, names)
    end
    if freed + replaced > held then
      error({ err = "CORRUPT held" })
    end
    local now_text = string.format("%d", now)
    local has_forgotten = redis.call("ZCOUNT", closed_reservations, "-inf", now_text) > 0

    available = total - held + freed
    local is_reserved = backorder or available + replaced >= units
    if is_reserved and held - freed - replaced + units > MAX_HELD_UNITS then
      error({ err = "ARGUMENT stock.reserve units: a product has at most 10^14 held units" })
    end
    if is_reserved and old_units then
      -- Its new text comes last, so it counts also if the lease has ended.
      names, texts, forget_times = names or {}, texts or {}, forget_times or {}
      local forget_at = string.format("%d", forget_at_ms)
      names[#names + 1] = replaces
      texts[#texts + 1] = replaces
      texts[#texts + 1] = string.format("released %d %s", old_units, forget_at)
      forget_times[#forget_times + 1] = forget_at
      forget_times[#forget_times + 1] = replaces
      freed, available = freed + replaced, available + replaced
    end
    local lease_ends = now + lease_ms
    if names and forget_times then
      -- ZCARD proves the type before the first write.
      redis.call("ZCARD", slot_due)
      -- at most 202 values
      redis.call("ZADD", closed_reservations, unpack(forget_times))
    end
    if is_reserved then
      outcome, available = "reserved", available - units
      local ends_text = string.format("%d", lease_ends)
      index_lease_end(slot_due, stock, now, ends_text)
      redis.call("HSET", reservations, reservation, string.format("held %d %s", units, ends_text))
      redis.call("ZADD", reservation_ends, ends_text, reservation)
      redis.call("HSET", stock, "held", held - freed + units)
    else
      outcome = has_more and "again" or "refused"
      if freed > 0 then
        redis.call("HSET", stock, "held", held - freed)
      end
    end
    if names and texts then
      -- at most 202 values
      redis.call("HSET", reservations, unpack(texts))
      -- at most 101 names
      redis.call("ZREM", reservation_ends, unpack(names))
    end
    if has_forgotten then
      -- The older reservation is closed anew by now, so it is not removed.
      forget_closed(reservations, closed_reservations, now_text)
    end
    if low then
      status_before, status = status_change(stock, low, total - held, available)
    end
    if outcome == "reserved" then
      return { "reserved", available or false, lease_ends or false, status_before or false, status }
    end
  end

  local arguments = reserve_arguments(units, reservation, replaces, backorder)
  local answer = string.format("%s %d %s", outcome, available, arguments)
  redis.call("SET", reserve_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  if outcome == "refused" and not status then
    return { "refused", available }
  elseif outcome == "refused" then
    return { "refused", available or false, false, status_before or false, status }
  end
  return { outcome, false, false, status_before or false, status }
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
  "lua/lib/stock/held_reservations.lua": {
    115: 10, 117: 12, 118: 13, 119: 14, 120: 15, 121: 16, 122: 17, 124: 19, 125: 20, 126: 21, 127: 22,
    128: 23, 129: 24, 130: 25, 131: 26, 132: 27, 133: 28, 134: 29, 135: 30, 136: 31, 137: 32, 138: 33,
  },
  "lua/lib/stock/ended_leases.lua": {
    143: 16, 144: 17, 145: 18, 146: 19, 147: 20, 148: 21, 149: 22, 150: 23, 152: 25, 153: 26, 154: 27,
    155: 28, 156: 29, 157: 30, 158: 31, 159: 32, 160: 33, 161: 34, 162: 35,
  },
  "lua/lib/stock/forget_closed.lua": {
    166: 6, 167: 7, 168: 8, 169: 9, 170: 10, 171: 11, 172: 12, 173: 13, 174: 14,
  },
  "lua/lib/slot_member.lua": {
    179: 6, 180: 7, 181: 8,
  },
  "lua/lib/stock/index_lease_end.lua": {
    186: 10, 187: 11, 188: 12, 190: 14, 191: 15, 192: 16, 193: 17, 194: 18, 195: 19,
  },
  "lua/lib/now_ms.lua": {
    199: 4, 200: 5, 201: 6, 202: 7,
  },
  "lua/lib/stored_integer.lua": {
    207: 9, 209: 11, 210: 12, 211: 13, 212: 14, 213: 15, 214: 16, 215: 17, 216: 18, 217: 19, 218: 20,
  },
  "lua/lib/stock/remembered_reserve.lua": {
    222: 9, 224: 11, 225: 12, 226: 13, 227: 14, 228: 15, 229: 16, 230: 17, 231: 18, 232: 19, 233: 20,
    234: 21, 235: 22, 236: 23, 237: 24, 238: 25, 239: 26, 240: 27,
  },
  "lua/lib/stock/stored_reservation.lua": {
    244: 10, 246: 12, 248: 14, 250: 16, 251: 17, 252: 18, 253: 19, 254: 20, 255: 21, 256: 22, 257: 23,
    258: 24, 259: 25, 260: 26, 261: 27, 262: 28, 263: 29, 264: 30, 265: 31, 266: 32,
  },
  "lua/lib/stock/replaced_reservation.lua": {
    270: 10, 271: 11, 272: 12, 273: 13, 274: 14, 275: 15, 276: 16, 278: 18, 279: 19, 280: 20, 281: 21,
    282: 22, 283: 23, 284: 24,
  },
  "lua/lib/stock/reserve_arguments.lua": {
    289: 9, 290: 10, 291: 11, 293: 13, 294: 14, 295: 15, 296: 16,
  },
  "lua/stock/reserve.lua": {
    300: 15, 302: 17, 362: 161, 363: 161, 364: 161, 365: 161, 366: 161, 367: 161, 368: 161, 369: 161,
    370: 161, 371: 161, 372: 161, 373: 161, 374: 161, 375: 161, 376: 175, 377: 176, 378: 177, 379: 178,
    380: 179, 381: 180, 382: 181, 383: 182, 384: 182, 385: 182, 386: 182, 387: 182, 388: 182, 389: 182,
    390: 182, 391: 183, 393: 185, 394: 186, 395: 187, 396: 188, 397: 189, 398: 190, 399: 191, 400: 192,
    401: 193, 402: 194, 403: 195, 404: 196, 406: 198, 407: 199, 408: 200, 409: 201, 410: 202, 411: 203,
    412: 204, 413: 205, 414: 206, 415: 207, 416: 208, 417: 209, 418: 210, 419: 211, 420: 212, 421: 213,
    423: 215, 424: 216, 425: 217, 426: 218, 428: 220, 429: 221, 430: 222, 431: 223, 432: 224, 433: 225,
    434: 226, 435: 227, 436: 228, 437: 229, 438: 230, 439: 231, 440: 232, 441: 233, 443: 235, 444: 236,
    445: 237, 446: 238, 447: 239, 448: 240, 450: 242, 451: 243, 452: 244, 453: 245, 454: 246, 455: 247,
    456: 248, 457: 249, 458: 250, 459: 251, 460: 252, 462: 254, 464: 256, 465: 257, 466: 258, 467: 259,
    468: 260, 469: 261, 470: 262, 471: 263, 472: 264, 473: 265, 474: 266, 475: 267, 476: 268, 477: 269,
    478: 270, 479: 271, 481: 273, 483: 275, 484: 276, 485: 277, 487: 279, 488: 280, 489: 281, 490: 282,
    491: 283, 492: 284, 493: 285, 494: 286, 495: 287, 497: 289, 498: 290, 499: 291, 500: 292, 501: 293,
    502: 294, 503: 295, 504: 296, 505: 297, 506: 298,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 32 calls in one run. An error ends only its own call.

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

-- From lua/lib/stock/ended_leases.lua:
--- Finds the first reservations of a product whose lease is over, at most 100, and prepares the
--- commands that close them.
local function ended_leases(reservations, reservation_ends, now, forget_at_ms, except)
  local MAX_ENDED = 100
  local now_text = string.format("%d", now)
  local due = redis.call("ZCOUNT", reservation_ends, "-inf", now_text)
  if due == 0 then
    return nil, nil, nil, 0, false
  end
  local names = redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_ENDED)
  -- at most 100 names
  for position = #names, except and 1 or 101, -1 do
    if names[position] == except then
      table.remove(names, position)
    end
  end
  if #names == 0 then
    return nil, nil, nil, 0, false
  end
  local texts, forget_times, units = held_reservations(reservations, names, "expired", forget_at_ms)
  return names, texts, forget_times, units, due > MAX_ENDED
end

-- From lua/lib/stock/forget_closed.lua:
--- Removes closed reservations that are no longer remembered, at most 10.
local function forget_closed(reservations, closed_reservations, now_text)
  local MAX_FORGOTTEN = 10
  local names =
    redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_FORGOTTEN)
  if #names > 0 then
    redis.call("HDEL", reservations, unpack(names))
    redis.call("ZREM", closed_reservations, unpack(names))
  end
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/lib/stock/index_lease_end.lua:
--- Enters a product into the index of its slot by the end of a lease, if it is not there by an earlier
--- time. Tells the sweepers if it is then the first of the slot.
local function index_lease_end(slot_due, stock, now, ends_text)
  local member = slot_member(stock)
  if redis.call("ZADD", slot_due, "LT", "CH", ends_text, member) == 1 then
    -- An overdue product may stay the first for long, so it does not hold back the message.
    local first = redis.call("ZRANGE", slot_due, "0", "0", "WITHSCORES")
    if first[1] == member or (tonumber(first[2]) or now) <= now then
      redis.call("PUBLISH", slot_due, ends_text)
    end
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/stock/remembered_reserve.lua:
--- Reads the remembered answer of a call of reserve, such as \`refused 2 3 cart-1\`.
local function remembered_reserve(remembered, arguments)
  -- The bounds of the type available.
  local AVAILABLE_LIMIT = 200000000000000
  local outcome, stored_available, stored_arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
  local available =
    stored_integer(stored_available or "", "reserve-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
  if stored_arguments ~= arguments then
    return "mismatch", nil
  elseif outcome == "refused" then
    return "refused", available
  elseif outcome == "again" or outcome == "mismatch" or outcome == "already_committed" then
    return outcome, nil
  elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
    return outcome, nil
  elseif outcome == "prepared" then
    return "prepared", nil
  end
  error({ err = "CORRUPT reserve-operation" })
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

-- From lua/lib/stock/replaced_reservation.lua:
--- Finds how many units a new reservation of the same buyer frees by replacing an older one.
local function replaced_reservation(old, name, ended)
  local state, units = stored_reservation(old)
  if state == "expired" then
    return units, 0
  elseif state ~= "held" then
    return nil, 0
  end
  -- at most 100 names
  for position = 1, ended and #ended or 0 do
    if ended[position] == name then
      return units, 0
    end
  end
  return units, units
end

-- From lua/lib/stock/reserve_arguments.lua:
--- The arguments of one call of reserve, as its remembered answer has them: \`3 cart-1\`, and with
--- \`replaces\` or \`backorder\` two more parts, after a tab each.
local function reserve_arguments(units, reservation, replaces, backorder)
  local arguments = string.format("%d %s", units, reservation)
  if replaces or backorder then
    -- No name has a tab.
    return arguments .. "\\t" .. (replaces or "") .. "\\t" .. (backorder and "backorder" or "")
  end
  return arguments
end

-- From lua/stock/reserve.lua:
-- The upper bound of the field held.
local MAX_HELD_UNITS = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS / 6
if wrapper_calls < 1 or wrapper_calls > 32 or wrapper_calls % 1 ~= 0 or #ARGV ~= 6 * wrapper_calls then
  return { err = "ARGUMENT stock.reserve expected 1 to 32 calls, each with 6 keys and 6 arguments" }
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
  local arg_replaces = ARGV[wrapper_arguments + 3]
  if arg_replaces == "" then
    arg_replaces = nil
  else
    if arg_replaces == "" or #arg_replaces > 256 then
      return { err = "ARGUMENT stock.reserve replaces: expected 1 to 256 bytes" }
    end
    if string.find(arg_replaces, "[%c{}]") then
      return { err = "ARGUMENT stock.reserve replaces: expected no control characters and no braces" }
    end
  end
  local arg_backorder = ARGV[wrapper_arguments + 4]
  if arg_backorder == "" then
    arg_backorder = nil
  else
    if arg_backorder ~= "1" and arg_backorder ~= "0" then
      return { err = "ARGUMENT stock.reserve backorder: expected 1 or 0" }
    end
    arg_backorder = arg_backorder == "1"
  end
  local arg_lease_ms = tonumber(ARGV[wrapper_arguments + 5])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT stock.reserve lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_remember_ms = tonumber(ARGV[wrapper_arguments + 6])
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
    local stock, reservations, reservation_ends, closed_reservations, slot_due, reserve_operation, reservation, units, replaces, backorder, lease_ms, remember_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6],
      arg_reservation,
      arg_units,
      arg_replaces,
      arg_backorder,
      arg_lease_ms,
      arg_remember_ms
    local stored = redis.call("HMGET", stock, "total", "held", "watch")
    local total, held = stock_counts(stored[1], stored[2])
    local low = stored[3] and watched_low(stored[3])
    local known = redis.call("HGET", reservations, reservation)
    local remembered = redis.call("GET", reserve_operation)
    local now = now_ms()
    if remembered then
      local reply_outcome, reply_available, reply_lease_ends_ms, reply_status_before, reply_status, reply_repeated =
        remembered_reserve(remembered, reserve_arguments(units, reservation, replaces, backorder))
      return reply_outcome,
        reply_available or false,
        reply_lease_ends_ms or false,
        reply_status_before or false,
        reply_status or false,
        reply_repeated ~= nil and (reply_repeated and 1 or 0)
    end

    local outcome, available = "unknown", 0
    local old = replaces and not known and redis.call("HGET", reservations, replaces)
    local status_before, status = nil, nil
    if known then
      local state, known_units, ends_at, fence = stored_reservation(known)
      if state == "held" and now < ends_at then
        if total and known_units == units then
          return "reserved", total - held, ends_at or false, false, false, 1
        end
        outcome = total and "mismatch" or "unknown"
      elseif state == "held" then
        outcome = "expired"
        -- Closed for good, because after a failover the clock may be before the end of the lease.
        local forget_at_ms = now + remember_ms
        local _
        _, status_before, status = close_reservation(
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
    elseif old and string.find(old, "^prepared ") then
      -- The buyer is paying for the older one.
      outcome = "prepared"
    elseif total then
      local forget_at_ms = now + remember_ms
      local names, texts, forget_times, freed, has_more =
        ended_leases(reservations, reservation_ends, now, forget_at_ms)
      local old_units, replaced = nil, 0
      if old and replaces then
        old_units, replaced = replaced_reservation(old, replaces, names)
      end
      if freed + replaced > held then
        error({ err = "CORRUPT held" })
      end
      local now_text = string.format("%d", now)
      local has_forgotten = redis.call("ZCOUNT", closed_reservations, "-inf", now_text) > 0

      available = total - held + freed
      local is_reserved = backorder or available + replaced >= units
      if is_reserved and held - freed - replaced + units > MAX_HELD_UNITS then
        error({ err = "ARGUMENT stock.reserve units: a product has at most 10^14 held units" })
      end
      if is_reserved and old_units then
        -- Its new text comes last, so it counts also if the lease has ended.
        names, texts, forget_times = names or {}, texts or {}, forget_times or {}
        local forget_at = string.format("%d", forget_at_ms)
        names[#names + 1] = replaces
        texts[#texts + 1] = replaces
        texts[#texts + 1] = string.format("released %d %s", old_units, forget_at)
        forget_times[#forget_times + 1] = forget_at
        forget_times[#forget_times + 1] = replaces
        freed, available = freed + replaced, available + replaced
      end
      local lease_ends = now + lease_ms
      if names and forget_times then
        -- ZCARD proves the type before the first write.
        redis.call("ZCARD", slot_due)
        -- at most 202 values
        redis.call("ZADD", closed_reservations, unpack(forget_times))
      end
      if is_reserved then
        outcome, available = "reserved", available - units
        local ends_text = string.format("%d", lease_ends)
        index_lease_end(slot_due, stock, now, ends_text)
        redis.call("HSET", reservations, reservation, string.format("held %d %s", units, ends_text))
        redis.call("ZADD", reservation_ends, ends_text, reservation)
        redis.call("HSET", stock, "held", held - freed + units)
      else
        outcome = has_more and "again" or "refused"
        if freed > 0 then
          redis.call("HSET", stock, "held", held - freed)
        end
      end
      if names and texts then
        -- at most 202 values
        redis.call("HSET", reservations, unpack(texts))
        -- at most 101 names
        redis.call("ZREM", reservation_ends, unpack(names))
      end
      if has_forgotten then
        -- The older reservation is closed anew by now, so it is not removed.
        forget_closed(reservations, closed_reservations, now_text)
      end
      if low then
        status_before, status = status_change(stock, low, total - held, available)
      end
      if outcome == "reserved" then
        return "reserved", available or false, lease_ends or false, status_before or false, status
      end
    end

    local arguments = reserve_arguments(units, reservation, replaces, backorder)
    local answer = string.format("%s %d %s", outcome, available, arguments)
    redis.call("SET", reserve_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    if outcome == "refused" and not status then
      return "refused", available
    elseif outcome == "refused" then
      return "refused", available or false, false, status_before or false, status
    end
    return outcome, false, false, status_before or false, status
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
  wrapper_keys = wrapper_keys + 6
  wrapper_arguments = wrapper_arguments + 6
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
