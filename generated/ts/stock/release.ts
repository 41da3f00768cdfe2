// stock.release 1.0.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.release`. */
export interface StockReleaseArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /**
   * How long the script remembers that the reservation has ended. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.release`: `outcome` says what happened. */
export type StockReleaseReply =
  | {
      /** `released`: the units are available again, now or by an earlier call. */
      readonly outcome: "released";
      /** The total minus held units, now. Units, -200,000,000,000,000 to 100,000,000,000,000. */
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
       * - `prepared`: a cart that has it is being committed, and nothing is changed.
       * - `already_committed`: the units are sold.
       * - `mismatch`: a remembered answer of this operation was for another reservation, and
       *   nothing is changed.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "prepared" | "already_committed" | "mismatch" | "expired" | "unknown";
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
    };

/** The function of `stock.release`. A tenant's `stock` has it. */
export interface StockReleaseOperation {
  /**
   * Releases the units that a reservation holds, for an order that was cancelled.
   *
   * If the lease has ended, the script returns "expired", and the units are available again. From
   * then on the reservation is released, so that no commit with `retake` sells its units.
   *
   * If the call changes nothing, the script remembers its answer under the operation, for
   * rememberMs but at most 11 minutes, unless the closed reservation is known for longer. The
   * client generates an operation for each call. If the call closed the reservation, the operation
   * is not remembered, so the script cannot compare it.
   *
   * Outcomes:
   * - `released`: the units are available again, now or by an earlier call.
   * - `prepared`: a cart that has it is being committed, and nothing is changed.
   * - `already_committed`: the units are sold.
   * - `mismatch`: a remembered answer of this operation was for another reservation, and nothing is
   *   changed.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, or is no longer remembered.
   *
   * Units: `rememberMs` in milliseconds; `available` in units.
   *
   * Cost: O(log R), R the product's reservations.
   *
   * Retry: safe within `rememberMs`. A closed reservation is known; another answer is remembered
   * for rememberMs but at most 11 minutes; a second run changes nothing.
   *
   * Lua source: `lua/stock/release.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Held units are available again.
   * const reply = await acme.stock.release({
   *   product: "product-1",
   *   operation: "op-1",
   *   reservation: "cart-1",
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "released", available: 10 }
   * ```
   */
  readonly release: {
    (args: StockReleaseArgs, options?: CallOptions): Promise<StockReleaseReply>;
    /**
     * Makes many calls of `release` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockReleaseArgs[], options?: CallOptions): Promise<ManyResult<StockReleaseReply>[]>;
  };
}

/** The script `stock.release`, as a client loads and calls it. */
export const stockRelease: ManyScript<StockReleaseArgs, StockReleaseReply> = {
  name: "stock.release",
  version: "1.0.0",
  digest: "4c71c1ab0389313d1f2c4a14e866f4a1865cdddf",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<tenant>:<product>}:release-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.releaseOperation(scope, args.product, operation),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "released":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
        };
      case "prepared":
      case "already_committed":
      case "mismatch":
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
  many: {
    limit: 100,
    width: 4,
    digest: "0460f783def13ca886589e3fe968d0abbbfbe246",
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
      call.endTag("}:release-operation:");
      types.operation.writeKeyPart(call, "operation", operation);
      call.endKey();
      call.args.text(argument.reservation.encode("reservation", args.reservation));
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
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["released", "prepared", "already_committed", "mismatch", "expired", "unknown"]),
  available: types.available,
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "6-21:10",
  "lua/stock/release.lua": "25:7 49:108 50:108 51:108 52-67:117 93:133 100-101:134 187-224:136",
  "lua/lib/stock/stored_reservation.lua": "70-92:10",
  "lua/lib/now_ms.lua": "96-99:4",
  "lua/lib/stock/watched_low.lua": "105-119:7",
  "lua/lib/stock/close_reservation.lua": "122-131:19 132:28 133-157:30 183-186:55",
  "lua/lib/stock/status_change.lua": "162-165:13 177-182:17",
  "lua/lib/stock/stock_status.lua": "168-176:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.release 1.0.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/release.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.release expected 5 keys and 2 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.release reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.release reservation: expected no control characters and no braces" }
end
local arg_remember_ms = tonumber(ARGV[2])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.release remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Releases the units that a reservation holds, for an order that was cancelled.
do
  local stock, reservations, reservation_ends, closed_reservations, release_operation, reservation, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_reservation, arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", release_operation)
  local outcome, known_for_long = "unknown", false
  if remembered then
    local stored_outcome, name = string.match(remembered, "^(%S+) (.+)$")
    if name and name ~= reservation then
      return "mismatch"
    elseif stored_outcome == "already_committed" or stored_outcome == "unknown" then
      return stored_outcome
    elseif stored_outcome == "expired" or stored_outcome == "prepared" then
      return stored_outcome
    elseif stored_outcome ~= "released" then
      error({ err = "CORRUPT release-operation" })
    end
    outcome = "released"
  elseif known then
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
    if state == "held" then
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
          return available, status_change(stock, low, (total or 0) - held, available)
        end
        return available, nil, nil
      end
      local available, status_before, status = close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "released",
        now + remember_ms,
        0
      )
      if now >= ends_at then
        return { "expired", false, status_before or false, status }
      end
      return { "released", available or false, status_before or false, status }
    end
    if state == "expired" then
      redis.call("HSET", reservations, reservation, string.format("released %d %d", units, ends_at))
    end
    outcome = state == "committed" and "already_committed" or state
    -- The reservation itself is known as long as a late copy of this call may come.
    known_for_long = state ~= "prepared" and ends_at - now >= HORIZON_MS
  end

  local total, held = nil, 0
  if outcome == "released" then
    local stored = redis.call("HMGET", stock, "total", "held")
    total, held = stock_counts(stored[1], stored[2])
  end
  if not remembered and not known_for_long then
    local answer = string.format("%s %s", outcome, reservation)
    redis.call("SET", release_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  end
  if outcome == "released" then
    return { "released", (total or 0) - held }
  end
  return outcome
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_status.lua": "7-15:6",
  "lua/lib/stock/status_change.lua": "21-30:13",
  "lua/lib/stock/stock_counts.lua": "34-49:10",
  "lua/lib/stock/watched_low.lua": "54-68:7",
  "lua/lib/stock/close_reservation.lua": "72-111:19",
  "lua/lib/now_ms.lua": "115-118:4",
  "lua/lib/stock/stored_reservation.lua": "122-144:10",
  "lua/stock/release.lua":
    "148:7 189:108 190:108 191:108 192:108 193:108 194:108 195:108 196:108 197:108 198-254:117",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- stock.release 1.0.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- From lua/stock/release.lua:
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
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 2 * wrapper_calls
then
  return { err = "ARGUMENT stock.release expected 1 to 100 calls, each with 5 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = wrapper_argv[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.release reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.release reservation: expected no control characters and no braces" }
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if
    not arg_remember_ms
    or arg_remember_ms < 1000
    or arg_remember_ms > 31622400000
    or arg_remember_ms % 1 ~= 0
  then
    return { err = "ARGUMENT stock.release remember_ms: expected a whole number from 1000 to 31622400000" }
  end

  --- Releases the units that a reservation holds, for an order that was cancelled.
  do
    local stock, reservations, reservation_ends, closed_reservations, release_operation, reservation, remember_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      arg_reservation,
      arg_remember_ms
    local known = redis.call("HGET", reservations, reservation)
    local remembered = redis.call("GET", release_operation)
    local outcome, known_for_long = "unknown", false
    if remembered then
      local stored_outcome, name = string.match(remembered, "^(%S+) (.+)$")
      if name and name ~= reservation then
        return "mismatch"
      elseif stored_outcome == "already_committed" or stored_outcome == "unknown" then
        return stored_outcome
      elseif stored_outcome == "expired" or stored_outcome == "prepared" then
        return stored_outcome
      elseif stored_outcome ~= "released" then
        error({ err = "CORRUPT release-operation" })
      end
      outcome = "released"
    elseif known then
      local state, units, ends_at, fence = stored_reservation(known)
      local now = now_ms()
      if state == "held" then
        local available, status_before, status = close_reservation(
          stock,
          reservations,
          reservation_ends,
          closed_reservations,
          reservation,
          units,
          "released",
          now + remember_ms,
          0
        )
        if now >= ends_at then
          return "expired", false, status_before or false, status
        end
        return "released", available or false, status_before or false, status
      end
      if state == "expired" then
        redis.call("HSET", reservations, reservation, string.format("released %d %d", units, ends_at))
      end
      outcome = state == "committed" and "already_committed" or state
      -- The reservation itself is known as long as a late copy of this call may come.
      known_for_long = state ~= "prepared" and ends_at - now >= HORIZON_MS
    end

    local total, held = nil, 0
    if outcome == "released" then
      local stored = redis.call("HMGET", stock, "total", "held")
      total, held = stock_counts(stored[1], stored[2])
    end
    if not remembered and not known_for_long then
      local answer = string.format("%s %s", outcome, reservation)
      redis.call("SET", release_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    end
    if outcome == "released" then
      return "released", (total or 0) - held
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
-- all calls as a flat list in MessagePack, 4 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_at = wrapper_at + 4
  wrapper_keys = wrapper_keys + 5
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
