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
  /** Changes the hold only if it has this number of units now. Units, 1 to 1,000,000,000,000. */
  readonly fromUnits?: number | undefined;
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
       * - `mismatch`: it holds another number than fromUnits, or the operation was sent before with
       *   other arguments.
       * - `prepared`: a cart that has it is being committed.
       * - `already_committed`: it was committed before.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
       *   stock.
       */
      readonly outcome: "mismatch" | "prepared" | "already_committed" | "released" | "expired" | "unknown";
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
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
   * most 11 minutes. A late copy of a call changes nothing and returns that answer, also after a
   * newer call.
   *
   * Outcomes:
   * - `resized`: it holds this number of units.
   * - `refused`: too few units are available, and it holds as many as before.
   * - `mismatch`: it holds another number than fromUnits, or the operation was sent before with
   *   other arguments.
   * - `prepared`: a cart that has it is being committed.
   * - `already_committed`: it was committed before.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
   *   stock.
   *
   * Units: `units`, `fromUnits`, `available` in units; `rememberMs` in milliseconds.
   *
   * Cost: O(1); O(log R) if the lease has ended, R the product's reservations.
   *
   * Retry: safe within `rememberMs`. The remembered answer makes a second run change nothing.
   *
   * Lua source: `lua/stock/resize.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  digest: "f157a38aac8bc1a6982aad95575fb9df16b0bb7b",
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
        argument.fromUnits.encode("fromUnits", args.fromUnits),
        argument.backorder.encode("backorder", args.backorder),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "resized":
      case "refused":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
        };
      case "mismatch":
      case "prepared":
      case "already_committed":
      case "released":
      case "expired":
      case "unknown":
        return {
          outcome,
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
  fromUnits: optional(types.quantity),
  backorder: optional(types.flag),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["resized", "refused", "mismatch", "prepared", "already_committed", "released", "expired", "unknown"]),
  available: types.available,
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/resize.lua":
    "6-10:10 58:112 59:112 60:112 61:112 62:112 63:112 64:112 65:112 66:112 67:112 68:112 69:112 " +
    "70-75:124 91-107:130 133:147 140:148 202-211:149 254-303:159",
  "lua/lib/stored_integer.lua": "79-90:9",
  "lua/lib/stock/stored_reservation.lua": "110-132:10",
  "lua/lib/now_ms.lua": "136-139:4",
  "lua/lib/stock/status_change.lua": "145-148:13 160-165:17",
  "lua/lib/stock/stock_status.lua": "151-159:6",
  "lua/lib/stock/stock_counts.lua": "168-183:10",
  "lua/lib/stock/watched_low.lua": "187-201:7",
  "lua/lib/stock/close_reservation.lua": "214-223:19 224:28 225-253:30",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.resize 1.0.0. Generated from lua/stock/resize.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/resize.lua:
-- The bounds of the type available.
local AVAILABLE_LIMIT = 200000000000000
-- The upper bound of the field held.
local MAX_HELD_UNITS = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.resize expected 5 keys and 5 arguments" }
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
local arg_from_units = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if
    not arg_from_units
    or arg_from_units < 1
    or arg_from_units > 1000000000000
    or arg_from_units % 1 ~= 0
  then
    return { err = "ARGUMENT stock.resize from_units: expected a whole number from 1 to 1000000000000" }
  end
end
local arg_backorder = ARGV[4]
if arg_backorder == "" then
  arg_backorder = nil
else
  if arg_backorder ~= "1" and arg_backorder ~= "0" then
    return { err = "ARGUMENT stock.resize backorder: expected 1 or 0" }
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
  return { err = "ARGUMENT stock.resize remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Changes how many units a reservation holds, in one step, or leaves it as it is.
do
  local stock, reservations, reservation_ends, closed_reservations, resize_operation, reservation, units, from_units, backorder, remember_ms =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    arg_reservation,
    arg_units,
    arg_from_units,
    arg_backorder,
    arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", resize_operation)
  local arguments =
    string.format("%d %d %s %s", units, from_units or 0, backorder and "yes" or "no", reservation)
  if remembered then
    local outcome, stored_available, stored_arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
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
    local available =
      stored_integer(stored_available or "", "resize-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
    if stored_arguments ~= arguments then
      return "mismatch"
    elseif outcome == "resized" or outcome == "refused" then
      return { outcome, available }
    elseif outcome == "already_committed" or outcome == "released" or outcome == "prepared" then
      return outcome
    elseif outcome == "expired" or outcome == "unknown" or outcome == "mismatch" then
      return outcome
    end
    error({ err = "CORRUPT resize-operation" })
  end

  local outcome, available = "unknown", 0
  local status_before, status = nil, nil
  if known then
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
    local state, known_units, ends_at, fence = stored_reservation(known)
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = now_ms()
    -- From lua/lib/stock/status_change.lua:
    --- Compares the status of a watched product before and after a call, and publishes a change: the old
    --- status, the new one and the available units, as in \`out_of_stock in_stock 5\`. The channel has the
    --- name of the stock's key.
    local function status_change(stock, low, before, after)
      if before == after then
        return nil, nil
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
    if state ~= "held" then
      outcome = state == "committed" and "already_committed" or state
      if state ~= "prepared" and ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    elseif now >= ends_at then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      local _
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
      return { "expired", false, status_before or false, status }
    elseif from_units and from_units ~= known_units then
      outcome = "mismatch"
    else
      local stored = redis.call("HMGET", stock, "total", "held", "watch")
      local total, held = stock_counts(stored[1], stored[2])
      local low = watched_low(stored[3])
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
        if low then
          status_before, status = status_change(stock, low, total - held, available)
        end
      end
    end
  end

  if outcome ~= "resized" and outcome ~= "refused" then
    remember_ms = math.min(remember_ms, HORIZON_MS)
  end
  local answer = string.format("%s %d %s", outcome, available, arguments)
  redis.call("SET", resize_operation, answer, "PX", remember_ms)
  if outcome == "resized" or outcome == "refused" then
    return { outcome, available or false, status_before or false, status }
  end
  return outcome
end
`;
