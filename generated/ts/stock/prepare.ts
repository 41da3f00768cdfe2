// stock.prepare 1.0.0. Generated from lua/stock/prepare.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
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
    }
  | {
      /**
       * - `shortfall`: the lease has ended, and too few units are free.
       * - `short`: the warehouses have too few units now.
       */
      readonly outcome: "shortfall" | "short";
      /** How many units are too few. Units, 0 to 1,000,000,000,000. */
      readonly missing: number;
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
  digest: "2340e7458b832571a9c5273f29bed114130994c0",
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
    const fields = readFields(reply, 2);
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
        };
      case "shortfall":
      case "short":
        return {
          outcome,
          missing: field.missing.decode("missing", fields[1]),
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
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/slot_member.lua": {
    14: 6, 15: 7, 16: 8,
  },
  "lua/lib/stock/stock_counts.lua": {
    20: 10, 22: 12, 23: 13, 24: 14, 25: 15, 26: 16, 27: 17, 28: 18, 29: 19, 30: 20, 31: 21, 32: 22, 33: 23,
    34: 24, 35: 25,
  },
  "lua/lib/stored_integer.lua": {
    40: 9, 42: 11, 43: 12, 44: 13, 45: 14, 46: 15, 47: 16, 48: 17, 49: 18, 50: 19, 51: 20,
  },
  "lua/lib/stock/stored_reservation.lua": {
    55: 10, 57: 12, 59: 14, 61: 16, 62: 17, 63: 18, 64: 19, 65: 20, 66: 21, 67: 22, 68: 23, 69: 24, 70: 25,
    71: 26, 72: 27, 73: 28, 74: 29, 75: 30, 76: 31, 77: 32,
  },
  "lua/stock/prepare.lua": {
    81: 8, 127: 98, 128: 98, 129: 98, 130: 98, 131: 98, 132: 98, 133: 98, 134: 98, 135: 98, 136: 98,
    137: 98, 138: 98, 139: 98, 140: 98, 141: 112, 142: 113, 143: 114, 144: 115, 145: 116, 146: 117,
    147: 118, 148: 119, 149: 120, 150: 121, 151: 122, 152: 123, 153: 124, 154: 125, 155: 126, 156: 127,
    157: 128, 159: 130, 160: 131, 161: 132, 162: 133, 163: 134, 164: 135, 165: 136, 166: 137, 167: 138,
    168: 139, 169: 140, 170: 141, 171: 142, 172: 143, 173: 144, 174: 145, 175: 146, 176: 147, 177: 148,
    178: 149, 179: 150, 180: 151, 181: 152, 182: 153, 184: 155, 185: 156, 186: 157, 187: 158, 188: 159,
    189: 160, 190: 161, 191: 162, 193: 164, 195: 166, 196: 167, 197: 168, 198: 169, 199: 170, 200: 171,
    201: 172, 202: 173, 203: 174, 204: 175, 205: 176, 206: 177, 207: 178, 208: 179, 209: 180, 210: 181,
    212: 183, 213: 184, 214: 185, 215: 186, 216: 187, 217: 188, 218: 189,
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
  local stored = redis.call("HMGET", stock, "total", "held", "prepared")
  local total, held = stock_counts(stored[1], stored[2])
  local prepared = stored_integer(stored[3], "prepared") or 0
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
      return "prepared"
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
