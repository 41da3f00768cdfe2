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
   * many are available without its own hold. If not, it first closes other ended leases, at most
   * 100, if the units then suffice. Else it answers "shortfall". It never retakes a released
   * reservation.
   *
   * With `backorder`, the units leave although the warehouses have too few. Units that no warehouse
   * has are booked on the fullest one, or on the given one, below zero. With `retake`, they leave
   * although too few are available.
   *
   * If the call sells nothing, the script remembers its answer and its arguments under the
   * operation, for rememberMs but at most 11 minutes, unless the closed reservation is known for
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
   * Cost: O(W + E log R), W the product's warehouses, at most 100, or 1 with a warehouse; E with
   * retake the leases that it closes, at most 100, else 1; R the product's reservations.
   *
   * Retry: safe within `rememberMs`. A closed reservation is known; another answer is remembered
   * for rememberMs but at most 11 minutes; a second run changes nothing.
   *
   * Lua source: `lua/stock/commit.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockCommitArgs[], options?: CallOptions): Promise<ManyResult<StockCommitReply>[]>;
  };
}

/** The script `stock.commit`, as a client loads and calls it. */
export const stockCommit: ManyScript<StockCommitArgs, StockCommitReply> = {
  name: "stock.commit",
  version: "1.0.0",
  digest: "e53fd92264e863b82b7cd715b4c53bf98d636a0b",
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
    digest: "7a5686e725f1d9de567fedddbf70a63d9dac5366",
    write(call, scope, args) {
      const operation = args.operation ?? newOperation();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:reservations");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:reservation-ends");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:closed-reservations");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:commit-operation:");
      types.operation.writeKeyPart(call, "operation", operation);
      call.endKey();
      call.args.text(argument.reservation.encode("reservation", args.reservation));
      call.args.text(argument.warehouse.encode("warehouse", args.warehouse));
      call.args.text(argument.retake.encode("retake", args.retake));
      call.args.text(argument.backorder.encode("backorder", args.backorder));
      argument.rememberMs.writeArgument(call, "rememberMs", args.rememberMs);
    },
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/commit_arguments.lua": "7-11:9",
  "lua/lib/stored_integer.lua": "16-27:9",
  "lua/stock/commit.lua":
    "31-33:18 86:147 87:147 88:147 89:147 90:147 91:147 92:147 93:147 94:147 95:147 96:147 97:147 " +
    "98-101:159 118-124:163 150:170 157-163:171 267-285:178 300-305:197 351-356:203 387-403:209 " +
    "455-492:227 503:265 521-550:266",
  "lua/lib/stock/remembered_commit.lua": "104-117:9",
  "lua/lib/stock/stored_reservation.lua": "127-149:10",
  "lua/lib/now_ms.lua": "153-156:4",
  "lua/lib/stock/status_change.lua": "168-171:13 183-188:17",
  "lua/lib/stock/stock_status.lua": "174-182:6",
  "lua/lib/stock/stock_counts.lua": "191-206:10",
  "lua/lib/stock/watched_low.lua": "210-224:7",
  "lua/lib/stock/close_reservation.lua": "227-236:19 237:28 238-266:30",
  "lua/lib/stock/stored_level.lua": "288-299:5",
  "lua/lib/stock/stock_levels.lua": "308-350:16",
  "lua/lib/stock/take_units.lua": "359-364:11 365-386:16",
  "lua/lib/stock/ended_leases.lua": "407-414:16 415-424:23 451-453:33",
  "lua/lib/stock/held_reservations.lua": "427-450:10",
  "lua/lib/stock/add_closed.lua": "496-502:10",
  "lua/lib/stock/close_reservations.lua": "506-512:9 513:15 515-520:18",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/commit_arguments.lua:
--- The arguments of one call of commit, as its remembered answer has them. They are the reservation, a
--- tab, and the warehouse if there is one. A tab and a word follow for each option.
local function commit_arguments(reservation, warehouse, retake, backorder)
  -- No name has a tab.
  local options = (retake and "\\tretake" or "") .. (backorder and "\\tbackorder" or "")
  return reservation .. "\\t" .. (warehouse or "") .. options
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

-- From lua/stock/commit.lua:
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
    local arguments = commit_arguments(reservation, warehouse, retake, backorder)
    -- From lua/lib/stock/remembered_commit.lua:
    --- Reads the remembered answer of a call of commit, such as \`short cart-1\\tberlin\`.
    local function remembered_commit(remembered, arguments)
      -- The upper bound of the type quantity.
      local MAX_MISSING = 1000000000000
      local outcome, stored_arguments = string.match(remembered, "^(%S+) (.+)$")
      if stored_arguments and stored_arguments ~= arguments then
        return "mismatch", nil
      elseif outcome == "short" or outcome == "released" or outcome == "expired" then
        return outcome, nil
      elseif outcome == "already_committed" or outcome == "unknown" or outcome == "prepared" then
        return outcome, nil
      end
      local stored_missing = string.match(outcome or "", "^shortfall=(%d+)$")
      return "shortfall", stored_integer(stored_missing or "", "commit-operation", 1, MAX_MISSING)
    end
    local outcome, missing = remembered_commit(remembered, arguments)
    return { outcome, false, false, missing }
  end

  local outcome = "unknown"
  local shortfall, status_before, status = nil, nil, nil
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
    local state, units, ends_at, fence = stored_reservation(known)
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    local is_closed = state ~= "held" and not (is_over and retake)
    if is_closed and state ~= "prepared" and ends_at - now >= HORIZON_MS then
      -- The reservation is known as long as a late copy of this call may come.
      return state == "committed" and "already_committed" or state
    end
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
    if is_closed then
      outcome = state == "committed" and "already_committed" or state
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
      if warehouse then
        field = "level:" .. warehouse
        local stored = redis.call("HMGET", stock, "total", "held", field, "prepared", "watch")
        total, held = stock_counts(stored[1], stored[2])
        level, prepared, watch = stored_level(stored[3]), stored[4], stored[5]
      else
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
        fields, total, held, field, level, watch, prepared = stock_levels(stock, 1)
      end
      local low = watched_low(watch)
      local own = state == "held" and units or 0
      local changed, missing = nil, level and math.max(units - level, 0) or units
      if missing > 0 and fields then
        -- From lua/lib/stock/take_units.lua:
        --- Takes units from several warehouses, from the fullest first.
        local function take_units(fields, units)
          local levels = {}
          -- at most 204 fields
          for position = 1, #fields, 2 do
            if string.find(fields[position], "^level:") then
              levels[#levels + 1] =
                { field = fields[position], quantity = stored_level(fields[position + 1]) or 0 }
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
      local names, texts, forget_times, freed = nil, nil, nil, 0
      if is_over and total and not backorder then
        if units + held - own > total then
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
          -- The units of other leases that have ended are free too.
          names, texts, forget_times, freed =
            ended_leases(reservations, reservation_ends, now, now + remember_ms, reservation)
          if freed > held - own then
            error({ err = "CORRUPT held" })
          end
        end
        missing = math.max(missing, units + held - own - freed - total)
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
        local text = string.format("committed %d %s", units, forget_at)
        if names and texts and forget_times then
          -- From lua/lib/stock/add_closed.lua:
          --- Adds one more reservation to those that held_reservations has prepared. Of two texts of the same
          --- reservation, the last one counts.
          local function add_closed(names, texts, forget_times, reservation, text, forget_at)
            names[#names + 1] = reservation
            texts[#texts + 1] = reservation
            texts[#texts + 1] = text
            forget_times[#forget_times + 1] = forget_at
            forget_times[#forget_times + 1] = reservation
          end
          add_closed(names, texts, forget_times, reservation, text, forget_at)
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
        else
          redis.call("ZREM", reservation_ends, reservation)
          redis.call("ZADD", closed_reservations, forget_at, reservation)
          redis.call("HSET", reservations, reservation, text)
        end
        local still_held = held - own - freed
        if changed then
          -- at most 204 values
          redis.call("HSET", stock, "total", total - units, "held", still_held, unpack(changed))
        else
          redis.call("HSET", stock, "total", total - units, "held", still_held, field, new_level)
        end
        local available = total - units - still_held
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/add_closed.lua": "8-14:10",
  "lua/lib/stock/stock_status.lua": "18-26:6",
  "lua/lib/stock/status_change.lua": "32-41:13",
  "lua/lib/stock/stock_counts.lua": "45-60:10",
  "lua/lib/stock/watched_low.lua": "65-79:7",
  "lua/lib/stock/close_reservation.lua": "83-122:19",
  "lua/lib/stock/close_reservations.lua": "126-140:9",
  "lua/lib/stock/commit_arguments.lua": "145-149:9",
  "lua/lib/stock/held_reservations.lua": "153-176:10",
  "lua/lib/stock/ended_leases.lua": "181-200:16",
  "lua/lib/now_ms.lua": "204-207:4",
  "lua/lib/stored_integer.lua": "212-223:9",
  "lua/lib/stock/remembered_commit.lua": "227-240:9",
  "lua/lib/stock/stock_levels.lua": "244-286:16",
  "lua/lib/stock/stored_level.lua": "290-301:5",
  "lua/lib/stock/stored_reservation.lua": "305-327:10",
  "lua/lib/stock/take_units.lua": "331-357:11",
  "lua/stock/commit.lua":
    "361-363:18 433:147 434:147 435:147 436:147 437:147 438:147 439:147 440:147 441:147 442:147 443:147 " +
    "444:147 445-552:159 553:266 554:266 555:266 556:266 557:266 558:266 559-588:266",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/stock/add_closed.lua:
--- Adds one more reservation to those that held_reservations has prepared. Of two texts of the same
--- reservation, the last one counts.
local function add_closed(names, texts, forget_times, reservation, text, forget_at)
  names[#names + 1] = reservation
  texts[#texts + 1] = reservation
  texts[#texts + 1] = text
  forget_times[#forget_times + 1] = forget_at
  forget_times[#forget_times + 1] = reservation
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

-- From lua/lib/stock/commit_arguments.lua:
--- The arguments of one call of commit, as its remembered answer has them. They are the reservation, a
--- tab, and the warehouse if there is one. A tab and a word follow for each option.
local function commit_arguments(reservation, warehouse, retake, backorder)
  -- No name has a tab.
  local options = (retake and "\\tretake" or "") .. (backorder and "\\tbackorder" or "")
  return reservation .. "\\t" .. (warehouse or "") .. options
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

-- From lua/lib/stock/remembered_commit.lua:
--- Reads the remembered answer of a call of commit, such as \`short cart-1\\tberlin\`.
local function remembered_commit(remembered, arguments)
  -- The upper bound of the type quantity.
  local MAX_MISSING = 1000000000000
  local outcome, stored_arguments = string.match(remembered, "^(%S+) (.+)$")
  if stored_arguments and stored_arguments ~= arguments then
    return "mismatch", nil
  elseif outcome == "short" or outcome == "released" or outcome == "expired" then
    return outcome, nil
  elseif outcome == "already_committed" or outcome == "unknown" or outcome == "prepared" then
    return outcome, nil
  end
  local stored_missing = string.match(outcome or "", "^shortfall=(%d+)$")
  return "shortfall", stored_integer(stored_missing or "", "commit-operation", 1, MAX_MISSING)
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
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 5
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 5 * wrapper_calls
then
  return { err = "ARGUMENT stock.commit expected 1 to 64 calls, each with 5 keys and 5 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = wrapper_argv[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.commit reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.commit reservation: expected no control characters and no braces" }
  end
  local arg_warehouse = wrapper_argv[wrapper_arguments + 2]
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
  local arg_retake = wrapper_argv[wrapper_arguments + 3]
  if arg_retake == "" then
    arg_retake = nil
  else
    if arg_retake ~= "1" and arg_retake ~= "0" then
      return { err = "ARGUMENT stock.commit retake: expected 1 or 0" }
    end
    arg_retake = arg_retake == "1"
  end
  local arg_backorder = wrapper_argv[wrapper_arguments + 4]
  if arg_backorder == "" then
    arg_backorder = nil
  else
    if arg_backorder ~= "1" and arg_backorder ~= "0" then
      return { err = "ARGUMENT stock.commit backorder: expected 1 or 0" }
    end
    arg_backorder = arg_backorder == "1"
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 5])
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
      local arguments = commit_arguments(reservation, warehouse, retake, backorder)
      local outcome, missing = remembered_commit(remembered, arguments)
      return outcome, false, false, missing
    end

    local outcome = "unknown"
    local shortfall, status_before, status = nil, nil, nil
    if known then
      local state, units, ends_at, fence = stored_reservation(known)
      local now = now_ms()
      local is_over = state == "expired" or (state == "held" and now >= ends_at)
      local is_closed = state ~= "held" and not (is_over and retake)
      if is_closed and state ~= "prepared" and ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return state == "committed" and "already_committed" or state
      end
      if is_closed then
        outcome = state == "committed" and "already_committed" or state
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
        local names, texts, forget_times, freed = nil, nil, nil, 0
        if is_over and total and not backorder then
          if units + held - own > total then
            -- The units of other leases that have ended are free too.
            names, texts, forget_times, freed =
              ended_leases(reservations, reservation_ends, now, now + remember_ms, reservation)
            if freed > held - own then
              error({ err = "CORRUPT held" })
            end
          end
          missing = math.max(missing, units + held - own - freed - total)
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
          local text = string.format("committed %d %s", units, forget_at)
          if names and texts and forget_times then
            add_closed(names, texts, forget_times, reservation, text, forget_at)
            close_reservations(
              reservations,
              reservation_ends,
              closed_reservations,
              names,
              texts,
              forget_times
            )
          else
            redis.call("ZREM", reservation_ends, reservation)
            redis.call("ZADD", closed_reservations, forget_at, reservation)
            redis.call("HSET", reservations, reservation, text)
          end
          local still_held = held - own - freed
          if changed then
            -- at most 204 values
            redis.call("HSET", stock, "total", total - units, "held", still_held, unpack(changed))
          else
            redis.call("HSET", stock, "total", total - units, "held", still_held, field, new_level)
          end
          local available = total - units - still_held
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
