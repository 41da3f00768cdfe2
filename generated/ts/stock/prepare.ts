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
   * How long the script remembers reservations that this call closes; an answer at most 11 minutes.
   * Milliseconds, 1,000 to 31,622,400,000.
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
   * script takes free units for a line whose lease has ended, and first closes other ended leases,
   * at most 100, if their units are needed and suffice. It never takes units for a line that was
   * released. A line whose lease has ended, and which is not prepared, is closed for good.
   *
   * The script writes the line into the index of its slot, in the same step. After prepareLimitMs,
   * the worker of `moonpath/cart` asks the cart's record how it was decided. The script remembers
   * every answer except "prepared" under the operation, for rememberMs but at most 11 minutes.
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
   * Cost: O(log R), R the product's reservations; with retake O(E log R), E the leases that it
   * closes, at most 100.
   *
   * Retry: safe within `rememberMs`. A line that this attempt has prepared is prepared; another
   * answer is remembered for rememberMs but at most 11 minutes.
   *
   * Lua source: `lua/stock/prepare.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  digest: "b397c50b3b409b131e2b8bac63c80fb955a57f85",
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/stock/prepare.lua":
    "22:13 68:128 69:128 70:128 71:128 72:128 73:128 74:128 75:128 76:128 77:128 78:128 79:128 80:128 " +
    "81:128 82-102:142 121-122:163 141-142:165 168:167 175-196:168 248-261:191 288-295:206 313-315:214 " +
    "322-341:217 384-406:237",
  "lua/lib/stock/stock_counts.lua": "105-120:10",
  "lua/lib/stock/watched_low.lua": "126-140:7",
  "lua/lib/stock/stored_reservation.lua": "145-167:10",
  "lua/lib/now_ms.lua": "171-174:4",
  "lua/lib/stock/ended_leases.lua": "200-207:16 208-217:23 244-246:33",
  "lua/lib/stock/held_reservations.lua": "220-243:10",
  "lua/lib/stock/status_change.lua": "267-270:13 282-287:17",
  "lua/lib/stock/stock_status.lua": "273-281:6",
  "lua/lib/stock/close_reservations.lua": "298-304:9 305:15 307-312:18",
  "lua/lib/slot_member.lua": "319-321:6",
  "lua/lib/stock/close_reservation.lua": "344-353:19 354:28 355-383:30",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.prepare 1.0.0. Generated from lua/stock/prepare.lua by moonpath-codegen. DO NOT EDIT.

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
  local status_before, status = nil, nil
  local stored = redis.call("HMGET", stock, "total", "held", "prepared", "watch")
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
  local total, held = stock_counts(stored[1], stored[2])
  local prepared = stored_integer(stored[3], "prepared") or 0
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
  local low = watched_low(stored[4])
  if known and total then
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
    local state, known_units, ends_at, known_fence = stored_reservation(known)
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    local lease_end, new_held = ends_at, held
    local names, texts, forget_times, freed = nil, nil, nil, 0
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
      local others = state == "held" and held - units or held
      if others + units > total then
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
          local names =
            redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_ENDED)
          -- at most 100 names
          for position = #names, except and 1 or 101, -1 do
            if names[position] == except then
              table.remove(names, position)
            end
          end
          if #names == 0 then
            return nil, nil, nil, 0, false
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
          local texts, forget_times, units = held_reservations(reservations, names, "expired", forget_at_ms)
          return names, texts, forget_times, units, due > MAX_ENDED
        end
        -- So are the units of other leases that have ended.
        names, texts, forget_times, freed =
          ended_leases(reservations, reservation_ends, now, now + remember_ms, reservation)
        if freed > others then
          error({ err = "CORRUPT held" })
        end
      end
      lease_end, new_held = 0, others - freed + units
      missing = math.max(new_held - total, 0)
      outcome = missing > 0 and "shortfall" or "prepared"
    else
      missing = math.max(prepared + units - total, 0)
      outcome = missing > 0 and "short" or "prepared"
    end
    missing = math.min(missing, units)

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
    if outcome == "prepared" then
      -- ZCARD proves the types before the first write.
      redis.call("ZCARD", reservation_ends)
      redis.call("ZCARD", closed_reservations)
      if names and texts and forget_times then
        redis.call("ZCARD", slot_prepared)
        -- Without a text or a time, the line itself only leaves reservation_ends.
        names[#names + 1] = reservation
        -- From lua/lib/stock/close_reservations.lua:
        --- Closes held reservations, as held_reservations has prepared it.
        local function close_reservations(
          reservations,
          reservation_ends,
          closed_reservations,
          names,
          texts,
          forget_times
        )
          -- at most 202 values
          redis.call("ZADD", closed_reservations, unpack(forget_times))
          -- at most 202 values
          redis.call("HSET", reservations, unpack(texts))
          -- at most 101 names
          redis.call("ZREM", reservation_ends, unpack(names))
        end
        close_reservations(reservations, reservation_ends, closed_reservations, names, texts, forget_times)
      end
      local due = string.format("%d", now + prepare_limit_ms)
      -- From lua/lib/slot_member.lua:
      --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
      --- \`acme:lamp\`.
      local function slot_member(key)
        return string.match(key, "{(.*)}") or ""
      end
      redis.call("ZADD", slot_prepared, due, slot_member(stock) .. "\\t" .. reservation)
      local text = string.format("prepared %d %d %d", units, lease_end, fence)
      redis.call("HSET", reservations, reservation, text)
      if state == "expired" then
        redis.call("ZREM", closed_reservations, reservation)
      elseif state == "held" and not names then
        redis.call("ZREM", reservation_ends, reservation)
      end
      if is_over then
        redis.call("HSET", stock, "held", new_held, "prepared", prepared + units)
      elseif state == "held" then
        redis.call("HSET", stock, "prepared", prepared + units)
      end
      if low then
        status_before, status = status_change(stock, low, total - held, total - new_held)
      end
      return { "prepared", false, status_before or false, status }
    elseif state == "held" and (outcome == "expired" or outcome == "shortfall") then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
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
        units,
        "expired",
        now + remember_ms,
        known_fence
      )
    end
  end

  local answer = string.format("%s %d %s", outcome, missing, arguments)
  redis.call("SET", prepare_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  if outcome == "shortfall" or outcome == "short" then
    return { outcome, missing or false, status_before or false, status }
  elseif status then
    return { outcome, false, status_before or false, status }
  end
  return outcome
end
`;
