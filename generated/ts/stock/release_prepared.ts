// stock.release_prepared 1.0.0. Generated from lua/stock/release_prepared.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.release_prepared`. */
export interface StockReleasePreparedArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The cart; its line of this product has the same name. 1 to 256 bytes. */
  readonly reservation: string;
  /** Of the attempt that was aborted. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /**
   * How long the script remembers that the line has expired. Milliseconds, 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.release_prepared`: `outcome` says what happened. */
export type StockReleasePreparedReply =
  | {
      /** `held`: its lease goes on. */
      readonly outcome: "held";
      /** When the lease ends. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
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
       * - `expired`: its lease has ended, and its units are available.
       * - `sold`: this attempt has sold the line already, so the decision about its cart was lost
       *   in a failover.
       * - `already_committed`: another call has sold it.
       * - `superseded`: a later attempt has prepared it.
       * - `released`: it was released before.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "expired" | "sold" | "already_committed" | "superseded" | "released" | "unknown";
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
    };

/** The function of `stock.release_prepared`. A tenant's `stock` has it. */
export interface StockReleasePreparedOperation {
  /**
   * Gives a cart's line back, after the attempt that prepared it was aborted.
   *
   * The line is held again until its lease ends. If the lease has ended, the line is expired, and
   * its units are available. The line remembers the fence, so a late prepare of the attempt changes
   * nothing, also if the attempt had not prepared it before. A line of a later attempt stays as it
   * is.
   *
   * Outcomes:
   * - `held`: its lease goes on.
   * - `expired`: its lease has ended, and its units are available.
   * - `sold`: this attempt has sold the line already, so the decision about its cart was lost in a
   *   failover.
   * - `already_committed`: another call has sold it.
   * - `superseded`: a later attempt has prepared it.
   * - `released`: it was released before.
   * - `unknown`: the reservation does not exist, or is no longer remembered.
   *
   * Units: `rememberMs` in milliseconds; `leaseEndsMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log R), R the product's reservations.
   *
   * Retry: safe. The fence makes a second run change nothing.
   *
   * Lua source: `lua/stock/release_prepared.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A prepared line is held again.
   * const reply = await acme.stock.releasePrepared({
   *   product: "product-1",
   *   reservation: "cart-1",
   *   fence: 7,
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "held", leaseEndsMs: Date.now() + 60_000 }
   * ```
   */
  releasePrepared(args: StockReleasePreparedArgs, options?: CallOptions): Promise<StockReleasePreparedReply>;
}

/** The script `stock.release_prepared`, as a client loads and calls it. */
export const stockReleasePrepared: Script<StockReleasePreparedArgs, StockReleasePreparedReply> = {
  name: "stock.release_prepared",
  version: "1.0.0",
  digest: "ed3f8a2b57f62e49eeefa08a387b0c1a7fbfadac",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<slot of tenant, product>}:slot-due",
    "<namespace>:{<slot of tenant, product>}:slot-prepared",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.slotDue(scope, args.product),
        keys.slotPrepared(scope, args.product),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.fence.encode("fence", args.fence),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "held":
        return {
          outcome,
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[1]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
        };
      case "expired":
      case "sold":
      case "already_committed":
      case "superseded":
      case "released":
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
  fence: types.fence,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["held", "expired", "sold", "already_committed", "superseded", "released", "unknown"]),
  leaseEndsMs: types.epochMs,
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/release_prepared.lua":
    "33:82 34:82 35:82 36-39:93 65:97 133-143:98 186-214:109 230-235:138 242-267:144",
  "lua/lib/stock/stored_reservation.lua": "42-64:10",
  "lua/lib/stock/status_change.lua": "70-73:13 85-90:17",
  "lua/lib/stock/stock_status.lua": "76-84:6",
  "lua/lib/stock/stock_counts.lua": "93-108:10",
  "lua/lib/stock/watched_low.lua": "112-126:7",
  "lua/lib/now_ms.lua": "129-132:4",
  "lua/lib/stock/close_reservation.lua": "146-155:19 156:28 157-185:30",
  "lua/lib/stored_integer.lua": "218-229:9",
  "lua/lib/slot_member.lua": "239-241:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.release_prepared 1.0.0. Generated from lua/stock/release_prepared.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.release_prepared expected 6 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.release_prepared reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.release_prepared reservation: expected no control characters and no braces" }
end
local arg_fence = tonumber(ARGV[2])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT stock.release_prepared fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_remember_ms = tonumber(ARGV[3])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return {
    err = "ARGUMENT stock.release_prepared remember_ms: expected a whole number from 1000 to 31622400000",
  }
end

-- From lua/stock/release_prepared.lua:
--- Gives a cart's line back, after the attempt that prepared it was aborted.
do
  local stock, reservations, reservation_ends, closed_reservations, slot_due, slot_prepared, reservation, fence, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_reservation, arg_fence, arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  if not known then
    return "unknown"
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
  local state, units, ends_at, known_fence = stored_reservation(known)
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
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  if state == "committed" then
    return known_fence == fence and "sold" or "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "prepared" and known_fence > fence then
    return "superseded"
  elseif state ~= "prepared" then
    local now = now_ms()
    if state == "held" and now >= ends_at then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
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
      local _, status_before, status = close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "expired",
        forget_at_ms,
        math.max(fence, known_fence)
      )
      return { "expired", false, status_before or false, status }
    elseif known_fence < fence then
      redis.call(
        "HSET",
        reservations,
        reservation,
        string.format("%s %d %d %d", state, units, ends_at, fence)
      )
    end
    if state == "held" then
      return { "held", ends_at }
    end
    return "expired"
  end

  local stored = redis.call("HMGET", stock, "total", "held", "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[4])
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
  local prepared = stored_integer(stored[3], "prepared") or 0
  if prepared < units then
    error({ err = "CORRUPT prepared" })
  elseif held < units then
    error({ err = "CORRUPT held" })
  end
  -- From lua/lib/slot_member.lua:
  --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
  --- \`acme:lamp\`.
  local function slot_member(key)
    return string.match(key, "{(.*)}") or ""
  end
  local now, member = now_ms(), slot_member(stock)
  local is_over = now >= ends_at
  local line_end = is_over and now + remember_ms or ends_at
  -- ZCARD proves the types before the first write.
  redis.call("ZCARD", is_over and reservation_ends or closed_reservations)
  redis.call("ZCARD", slot_prepared)
  redis.call("ZCARD", slot_due)
  local end_text = string.format("%d", line_end)
  redis.call("ZADD", is_over and closed_reservations or reservation_ends, end_text, reservation)
  local text = string.format("%s %d %s %d", is_over and "expired" or "held", units, end_text, fence)
  redis.call("HSET", reservations, reservation, text)
  redis.call("HSET", stock, "held", is_over and held - units or held, "prepared", prepared - units)
  if redis.call("ZADD", slot_due, "LT", "CH", end_text, member) == 1 then
    redis.call("PUBLISH", slot_due, end_text)
  end
  redis.call("ZREM", slot_prepared, string.format("%s\\t%s", member, reservation))
  if is_over then
    local status_before, status = nil, nil
    if low then
      local available = (total or 0) - held
      status_before, status = status_change(stock, low, available, available + units)
    end
    return { "expired", false, status_before or false, status }
  end
  return { "held", line_end }
end
`;
