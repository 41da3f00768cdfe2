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
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
     * One EVALSHA makes up to 32 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockReserveArgs[], options?: CallOptions): Promise<ManyResult<StockReserveReply>[]>;
  };
}

/** The script `stock.reserve`, as a client loads and calls it. */
export const stockReserve: ManyScript<StockReserveArgs, StockReserveReply> = {
  name: "stock.reserve",
  version: "1.0.0",
  digest: "071062b489d421559943e7195a4749918b15783f",
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
    digest: "789fb70d7d82490b7d9c74b51cbd95d6532e781d",
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
      call.key(keys.slotDue(scope, args.product));
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:reserve-operation:");
      types.operation.writeKeyPart(call, "operation", operation);
      call.endKey();
      call.args.text(argument.reservation.encode("reservation", args.reservation));
      argument.units.writeArgument(call, "units", args.units);
      call.args.text(argument.replaces.encode("replaces", args.replaces));
      call.args.text(argument.backorder.encode("backorder", args.backorder));
      argument.leaseMs.writeArgument(call, "leaseMs", args.leaseMs);
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "6-21:10",
  "lua/lib/stock/watched_low.lua": "26-40:7",
  "lua/lib/reservation/reserve_arguments.lua": "45-52:9",
  "lua/stock/reserve.lua":
    "56-58:16 110:166 111:166 112:166 113:166 114:166 115:166 116:166 117:166 118:166 119:166 120:166 " +
    "121:166 122:166 123:166 124-129:180 166:186 167:186 168:186 169:186 170:186 171:186 172:186 173:186 " +
    "174:186 175-176:186 184-187:189 238-249:193 292-314:205 365-368:228 386-403:232 414-426:250 " +
    "446-462:263 475-496:281",
  "lua/lib/stored_integer.lua": "133-144:9",
  "lua/lib/reservation/remembered_reserve.lua": "147-165:9",
  "lua/lib/now_ms.lua": "180-183:4",
  "lua/lib/stock/status_change.lua": "192-195:13 207-212:17",
  "lua/lib/stock/stock_status.lua": "198-206:6",
  "lua/lib/stock/stored_reservation.lua": "215-237:10",
  "lua/lib/stock/close_reservation.lua": "252-261:19 262:28 263-291:30",
  "lua/lib/stock/ended_leases.lua": "318-325:16 326-335:23 362-364:33",
  "lua/lib/stock/held_reservations.lua": "338-361:10",
  "lua/lib/reservation/replaced_reservation.lua": "371-385:10",
  "lua/lib/stock/add_closed.lua": "407-413:10",
  "lua/lib/slot_member.lua": "430-432:6",
  "lua/lib/reservation/index_lease_end.lua": "436-445:10",
  "lua/lib/reservation/forget_closed.lua": "465-473:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/reservation/reserve_arguments.lua:
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
  if remembered then
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
    -- From lua/lib/reservation/remembered_reserve.lua:
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

  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  local outcome, available = "unknown", 0
  local old = replaces and not known and redis.call("HGET", reservations, replaces)
  local status_before, status = nil, nil
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
    local names, texts, forget_times, freed, has_more =
      ended_leases(reservations, reservation_ends, now, forget_at_ms)
    local old_units, replaced = nil, 0
    if old and replaces then
      -- From lua/lib/reservation/replaced_reservation.lua:
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
    if is_reserved and old_units and replaces then
      -- Its new text comes last, so it counts also if the lease has ended.
      names, texts, forget_times = names or {}, texts or {}, forget_times or {}
      local forget_at = string.format("%d", forget_at_ms)
      local text = string.format("released %d %s", old_units, forget_at)
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
      add_closed(names, texts, forget_times, replaces, text, forget_at)
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
      -- From lua/lib/slot_member.lua:
      --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
      --- \`acme:lamp\`.
      local function slot_member(key)
        return string.match(key, "{(.*)}") or ""
      end
      -- From lua/lib/reservation/index_lease_end.lua:
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
      -- From lua/lib/reservation/forget_closed.lua:
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
  elseif status then
    return { outcome, false, false, status_before or false, status }
  end
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
  "lua/lib/stock/held_reservations.lua": "126-149:10",
  "lua/lib/stock/ended_leases.lua": "154-173:16",
  "lua/lib/reservation/forget_closed.lua": "177-185:6",
  "lua/lib/slot_member.lua": "190-192:6",
  "lua/lib/reservation/index_lease_end.lua": "197-206:10",
  "lua/lib/now_ms.lua": "210-213:4",
  "lua/lib/stored_integer.lua": "218-229:9",
  "lua/lib/reservation/remembered_reserve.lua": "233-251:9",
  "lua/lib/stock/stored_reservation.lua": "255-277:10",
  "lua/lib/reservation/replaced_reservation.lua": "281-295:10",
  "lua/lib/reservation/reserve_arguments.lua": "300-307:9",
  "lua/stock/reserve.lua":
    "311-313:16 382:166 383:166 384:166 385:166 386:166 387:166 388:166 389:166 390:166 391:166 392:166 " +
    "393:166 394:166 395:166 396-402:180 403:186 404:186 405:186 406:186 407:186 408:186 409-525:186",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 32 calls in one run. An error ends only its own call.

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

-- From lua/lib/reservation/forget_closed.lua:
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

-- From lua/lib/reservation/index_lease_end.lua:
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

-- From lua/lib/reservation/remembered_reserve.lua:
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

-- From lua/lib/reservation/replaced_reservation.lua:
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

-- From lua/lib/reservation/reserve_arguments.lua:
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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 6
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 32
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 6 * wrapper_calls
then
  return { err = "ARGUMENT stock.reserve expected 1 to 32 calls, each with 6 keys and 6 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = wrapper_argv[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.reserve reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.reserve reservation: expected no control characters and no braces" }
  end
  local arg_units = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
    return { err = "ARGUMENT stock.reserve units: expected a whole number from 1 to 1000000000000" }
  end
  local arg_replaces = wrapper_argv[wrapper_arguments + 3]
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
  local arg_backorder = wrapper_argv[wrapper_arguments + 4]
  if arg_backorder == "" then
    arg_backorder = nil
  else
    if arg_backorder ~= "1" and arg_backorder ~= "0" then
      return { err = "ARGUMENT stock.reserve backorder: expected 1 or 0" }
    end
    arg_backorder = arg_backorder == "1"
  end
  local arg_lease_ms = tonumber(wrapper_argv[wrapper_arguments + 5])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT stock.reserve lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 6])
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

    local now = now_ms()
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
      if is_reserved and old_units and replaces then
        -- Its new text comes last, so it counts also if the lease has ended.
        names, texts, forget_times = names or {}, texts or {}, forget_times or {}
        local forget_at = string.format("%d", forget_at_ms)
        local text = string.format("released %d %s", old_units, forget_at)
        add_closed(names, texts, forget_times, replaces, text, forget_at)
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
    elseif status then
      return outcome, false, false, status_before or false, status
    end
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
  wrapper_keys = wrapper_keys + 6
  wrapper_arguments = wrapper_arguments + 6
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
