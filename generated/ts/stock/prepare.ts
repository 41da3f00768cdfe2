// stock.prepare 1.0.0. Generated from lua/stock/prepare.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.prepare`. */
export interface StockPrepareArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** The cart; its line of this product has the same name. 1 to 256 bytes. */
  readonly reservation: string;
  /** How many units were paid for. Units, 1 to 1,000,000,000,000. */
  readonly units: number;
  /** Of the attempt, as cart.begin returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /** Whether to take free units if the lease has ended. */
  readonly retake: boolean;
  /** As in cart.begin. Milliseconds, 1,000 to 600,000. */
  readonly prepareLimitMs: number;
  /**
   * How long the script remembers how the reservation has ended. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.prepare`: `outcome` says what happened. */
export type StockPrepareReply =
  | {
      /**
       * - `prepared`: only the decision ends it.
       * - `already_committed`: the units are sold.
       * - `mismatch`: the reservation has another number of units, or a remembered answer of this
       *   operation was for other arguments.
       * - `superseded`: this attempt is over, or a later one has the line.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
       *   stock.
       */
      readonly outcome: "prepared" | "already_committed" | "mismatch" | "superseded" | "released" | "expired" | "unknown";
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
       * - `shortfall`: the lease has ended, and too few units are free.
       * - `short`: the warehouses have too few units now.
       */
      readonly outcome: "shortfall" | "short";
      /** How many units are too few. Units, 0 to 1,000,000,000,000. */
      readonly missing: number;
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
    };

/** The function of `stock.prepare`. A tenant's `stock` has it. */
export interface StockPrepareOperation {
  /**
   * Prepares a cart's line: from now on, only the decision about the cart ends this reservation.
   *
   * It is the first phase of two: `cart.begin` first makes the cart's record, and `cart.decide`
   * decides after all lines are prepared. Then commit_prepared or release_prepared ends each line.
   * The end of the lease, reserve, commit and release do not end a prepared line.
   *
   * A line of an earlier attempt, with a lower fence, passes to this attempt. With `retake`, the
   * script takes free units for a line whose lease has ended. It never takes units for a line that
   * was released.
   *
   * The script writes the line into the index of its slot, in the same step. After prepareLimitMs,
   * the worker of `moonpath/cart` asks the cart's record how it was decided. The script remembers
   * every answer except "prepared" under the operation, for rememberMs but at most 10 minutes.
   *
   * Outcomes:
   * - `prepared`: only the decision ends it.
   * - `already_committed`: the units are sold.
   * - `shortfall`: the lease has ended, and too few units are free.
   * - `short`: the warehouses have too few units now.
   * - `mismatch`: the reservation has another number of units, or a remembered answer of this
   *   operation was for other arguments.
   * - `superseded`: this attempt is over, or a later one has the line.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
   *   stock.
   *
   * Units: `units`, `missing` in units; `prepareLimitMs`, `rememberMs` in milliseconds.
   *
   * Cost: O(log R), R the product's reservations.
   *
   * Retry: safe within `rememberMs`. A line that this attempt has prepared is prepared; another
   * answer is remembered for rememberMs but at most 10 minutes.
   *
   * Lua source: `lua/stock/prepare.lua`, version 1.0.0.
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
   * // A held line is prepared.
   * const reply = await acme.stock.prepare({
   *   product: "product-1",
   *   operation: "op-1",
   *   reservation: "cart-1",
   *   units: 3,
   *   fence: 7,
   *   retake: false,
   *   prepareLimitMs: 10_000,
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "prepared" }
   * ```
   */
  prepare(args: StockPrepareArgs, options?: CallOptions): Promise<StockPrepareReply>;
}

/** The script `stock.prepare`, as a client loads and calls it. */
export const stockPrepare: Script<StockPrepareArgs, StockPrepareReply> = {
  name: "stock.prepare",
  version: "1.0.0",
  digest: "35e4e776db5a8f5a6ac1167c6ec43077ccb4eb62",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<slot of tenant, product>}:slot-prepared",
    "<namespace>:{<tenant>:<product>}:prepare-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.slotPrepared(scope, args.product),
        keys.prepareOperation(scope, args.product, operation),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.units.encode("units", args.units),
        argument.fence.encode("fence", args.fence),
        argument.retake.encode("retake", args.retake),
        argument.prepareLimitMs.encode("prepareLimitMs", args.prepareLimitMs),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "prepared":
      case "already_committed":
      case "mismatch":
      case "superseded":
      case "released":
      case "expired":
      case "unknown":
        return {
          outcome,
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
        };
      case "shortfall":
      case "short":
        return {
          outcome,
          missing: field.missing.decode("missing", fields[1]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
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
  fence: types.fence,
  retake: types.flag,
  prepareLimitMs: types.prepareLimitMs,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["prepared", "already_committed", "shortfall", "short", "mismatch", "superseded", "released", "expired", "unknown"]),
  missing: types.units,
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/slot_member.lua": {
    14: 6, 15: 7, 16: 8,
  },
  "lua/lib/stock/stock_status.lua": {
    20: 6, 21: 7, 22: 8, 23: 9, 24: 10, 25: 11, 26: 12, 27: 13, 28: 14,
  },
  "lua/lib/stock/status_change.lua": {
    34: 13, 35: 14, 36: 15, 37: 16, 38: 17, 39: 18, 40: 19, 41: 20, 42: 21, 43: 22,
  },
  "lua/lib/stock/stock_counts.lua": {
    47: 10, 49: 12, 50: 13, 51: 14, 52: 15, 53: 16, 54: 17, 55: 18, 56: 19, 57: 20, 58: 21, 59: 22, 60: 23,
    61: 24, 62: 25,
  },
  "lua/lib/stored_integer.lua": {
    67: 9, 69: 11, 70: 12, 71: 13, 72: 14, 73: 15, 74: 16, 75: 17, 76: 18, 77: 19, 78: 20,
  },
  "lua/lib/stock/stored_reservation.lua": {
    82: 10, 84: 12, 86: 14, 88: 16, 89: 17, 90: 18, 91: 19, 92: 20, 93: 21, 94: 22, 95: 23, 96: 24, 97: 25,
    98: 26, 99: 27, 100: 28, 101: 29, 102: 30, 103: 31, 104: 32,
  },
  "lua/lib/stock/watched_low.lua": {
    109: 7, 111: 9, 113: 11, 114: 12, 115: 13, 116: 14, 117: 15, 118: 16, 119: 17, 120: 18, 121: 19,
    122: 20, 123: 21,
  },
  "lua/stock/prepare.lua": {
    127: 10, 173: 103, 174: 103, 175: 103, 176: 103, 177: 103, 178: 103, 179: 103, 180: 103, 181: 103,
    182: 103, 183: 103, 184: 103, 185: 103, 186: 103, 187: 117, 188: 118, 189: 119, 190: 120, 191: 121,
    192: 122, 193: 123, 194: 124, 195: 125, 196: 126, 197: 127, 198: 128, 199: 129, 200: 130, 201: 131,
    202: 132, 203: 133, 205: 135, 206: 136, 207: 137, 208: 138, 209: 139, 210: 140, 211: 141, 212: 142,
    213: 143, 214: 144, 215: 145, 216: 146, 217: 147, 218: 148, 219: 149, 220: 150, 221: 151, 222: 152,
    223: 153, 224: 154, 225: 155, 226: 156, 227: 157, 228: 158, 229: 159, 231: 161, 232: 162, 233: 163,
    234: 164, 235: 165, 236: 166, 237: 167, 238: 168, 240: 170, 242: 172, 243: 173, 244: 174, 245: 175,
    246: 176, 247: 177, 248: 178, 249: 179, 250: 180, 251: 181, 252: 182, 253: 183, 254: 184, 255: 185,
    256: 186, 257: 187, 258: 188, 259: 189, 260: 190, 261: 191, 263: 193, 264: 194, 265: 195, 266: 196,
    267: 197, 268: 198, 269: 199,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.prepare 1.0.0. Generated from lua/stock/prepare.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/prepare.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 6 then
  return { err = "ARGUMENT stock.prepare expected 6 keys and 6 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.prepare reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.prepare reservation: expected no control characters and no braces" }
end
local arg_units = tonumber(ARGV[2])
if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare units: expected a whole number from 1 to 1000000000000" }
end
local arg_fence = tonumber(ARGV[3])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_retake = ARGV[4]
if arg_retake ~= "1" and arg_retake ~= "0" then
  return { err = "ARGUMENT stock.prepare retake: expected 1 or 0" }
end
arg_retake = arg_retake == "1"
local arg_prepare_limit_ms = tonumber(ARGV[5])
if
  not arg_prepare_limit_ms
  or arg_prepare_limit_ms < 1000
  or arg_prepare_limit_ms > 600000
  or arg_prepare_limit_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.prepare prepare_limit_ms: expected a whole number from 1000 to 600000" }
end
local arg_remember_ms = tonumber(ARGV[6])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.prepare remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Prepares a cart's line: from now on, only the decision about the cart ends this reservation.
do
  local stock, reservations, reservation_ends, closed_reservations, slot_prepared, prepare_operation, reservation, units, fence, retake, prepare_limit_ms, remember_ms =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    KEYS[6],
    arg_reservation,
    arg_units,
    arg_fence,
    arg_retake,
    arg_prepare_limit_ms,
    arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", prepare_operation)
  local arguments = string.format("%d %d %s %s", units, fence, retake and "yes" or "no", reservation)
  if remembered then
    local outcome, stored_missing, rest = string.match(remembered, "^([%l_]+) (%d+) (.*)$")
    local missing = stored_integer(stored_missing or "", "prepare-operation", 0, 1000000000000)
    if rest ~= arguments then
      return "mismatch"
    elseif outcome == "shortfall" or outcome == "short" then
      return { outcome, missing }
    elseif outcome == "mismatch" or outcome == "superseded" or outcome == "already_committed" then
      return outcome
    elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
      return outcome
    end
    error({ err = "CORRUPT prepare-operation" })
  end

  local outcome, missing = "unknown", 0
  local stored = redis.call("HMGET", stock, "total", "held", "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local prepared = stored_integer(stored[3], "prepared") or 0
  local low = watched_low(stored[4])
  if known and total then
    local state, known_units, ends_at, known_fence = stored_reservation(known)
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    local lease_end, new_held = ends_at, held
    if state == "committed" then
      outcome = units == known_units and "already_committed" or "mismatch"
    elseif state == "released" then
      outcome = "released"
    elseif known_fence > fence or (known_fence == fence and state ~= "prepared") then
      outcome = "superseded"
    elseif units ~= known_units then
      outcome = "mismatch"
    elseif state == "prepared" and known_fence == fence then
      return "prepared"
    elseif state == "prepared" then
      outcome = "prepared"
    elseif is_over and not retake then
      outcome = "expired"
    elseif is_over then
      -- The units of this line are free, also if no sweep has closed it yet.
      new_held = state == "held" and held or held + units
      lease_end = 0
      missing = math.max(new_held - total, 0)
      outcome = missing > 0 and "shortfall" or "prepared"
    else
      missing = math.max(prepared + units - total, 0)
      outcome = missing > 0 and "short" or "prepared"
    end

    if outcome == "prepared" then
      -- ZCARD proves the types before the first write.
      redis.call("ZCARD", reservation_ends)
      redis.call("ZCARD", closed_reservations)
      local due = string.format("%d", now + prepare_limit_ms)
      redis.call("ZADD", slot_prepared, due, slot_member(stock) .. "\\t" .. reservation)
      local text = string.format("prepared %d %d %d", units, lease_end, fence)
      redis.call("HSET", reservations, reservation, text)
      if state == "held" then
        redis.call("ZREM", reservation_ends, reservation)
        redis.call("HSET", stock, "prepared", prepared + units)
      elseif state == "expired" then
        redis.call("ZREM", closed_reservations, reservation)
        redis.call("HSET", stock, "held", new_held, "prepared", prepared + units)
      end
      local status_before, status = nil, nil
      if low then
        status_before, status = status_change(stock, low, total - held, total - new_held)
      end
      return { "prepared", false, status_before or false, status }
    end
  end

  local answer = string.format("%s %d %s", outcome, missing, arguments)
  redis.call("SET", prepare_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  if outcome == "shortfall" or outcome == "short" then
    return { outcome, missing }
  end
  return outcome
end
`;
