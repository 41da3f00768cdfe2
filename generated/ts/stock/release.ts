// stock.release 1.0.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
    }
  | {
      /**
       * - `already_committed`: the units are sold.
       * - `mismatch`: a remembered answer of this operation was for another reservation, and
       *   nothing is changed.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "already_committed" | "mismatch" | "expired" | "unknown";
    };

/** The function of `stock.release`. A tenant's `stock` has it. */
export interface StockReleaseOperation {
  /**
   * Releases the units that a reservation holds, for an order that was cancelled.
   *
   * If the lease has ended and no reserve or sweep has closed the reservation yet, the script
   * closes it and returns "expired". Its units are available again.
   *
   * If the call changes nothing, the script remembers its answer under the operation, for
   * rememberMs but at most 10 minutes, unless the closed reservation is known for longer. The
   * client generates an operation for each call. If the call closed the reservation, the operation
   * is not remembered, so the script cannot compare it.
   *
   * Outcomes:
   * - `released`: the units are available again, now or by an earlier call.
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
   * for rememberMs but at most 10 minutes; a second run changes nothing.
   *
   * Lua source: `lua/stock/release.lua`, version 1.0.0.
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
     * One EVALSHA makes up to 100 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly StockReleaseArgs[], options?: CallOptions): Promise<ManyResult<StockReleaseReply>[]>;
  };
}

/** The script `stock.release`, as a client loads and calls it. */
export const stockRelease: ManyScript<StockReleaseArgs, StockReleaseReply> = {
  name: "stock.release",
  version: "1.0.0",
  digest: "1d44f7d8c6da5261a90186300fee5d93624cb29b",
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
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "released":
        return {
          outcome,
          available: field.available.decode("available", fields[1]),
        };
      case "already_committed":
      case "mismatch":
      case "expired":
      case "unknown":
        return {
          outcome,
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
    width: 2,
    digest: "3c50d84e91485a0604467c1ab0f1d77077c16ea3",
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
  outcome: choiceType(["released", "already_committed", "mismatch", "expired", "unknown"]),
  available: types.available,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    6: 10, 8: 12, 9: 13, 10: 14, 11: 15, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23,
    20: 24, 21: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    25: 14, 26: 15, 27: 16, 28: 17, 29: 18, 30: 19, 31: 20, 32: 21, 33: 22, 34: 23, 35: 24, 36: 25, 38: 27,
    39: 28, 40: 29, 41: 30, 42: 31, 44: 33, 45: 34, 46: 35, 47: 36, 48: 37, 49: 38, 50: 39, 51: 40, 52: 41,
    53: 42, 54: 43,
  },
  "lua/lib/now_ms.lua": {
    58: 4, 59: 5, 60: 6, 61: 7,
  },
  "lua/lib/stock/stored_reservation.lua": {
    65: 8, 67: 10, 69: 12, 70: 13, 71: 14, 72: 15, 73: 16, 74: 17, 75: 18, 76: 19, 77: 20, 78: 21, 79: 22,
  },
  "lua/stock/release.lua": {
    83: 7, 107: 90, 108: 90, 109: 90, 110: 99, 111: 100, 112: 101, 113: 102, 114: 103, 115: 104, 116: 105,
    117: 106, 118: 107, 119: 108, 120: 109, 121: 110, 122: 111, 123: 112, 124: 113, 125: 114, 126: 115,
    127: 116, 128: 117, 129: 118, 130: 119, 131: 120, 132: 121, 133: 122, 134: 123, 135: 124, 136: 125,
    137: 126, 138: 127, 139: 128, 140: 129, 141: 130, 142: 131, 143: 132, 144: 133, 145: 134, 147: 136,
    148: 137, 150: 139, 151: 140, 152: 141, 153: 142, 154: 143, 155: 144, 156: 145, 157: 146, 158: 147,
    159: 148, 160: 149, 161: 150, 162: 151, 163: 152,
  },
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
  forget_at_ms
)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
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
  redis.call("HSET", reservations, reservation, string.format("%s %d %s", state, units, forget_at))
  if total or still_held > 0 then
    redis.call("HSET", stock, "held", still_held)
  else
    redis.call("HDEL", stock, "held")
  end
  return (total or 0) - still_held
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
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
  end
  return state, units, ends_at
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
    elseif stored_outcome == "expired" then
      return "expired"
    elseif stored_outcome ~= "released" then
      error({ err = "CORRUPT release-operation" })
    end
    outcome = "released"
  elseif known then
    local state, units, ends_at = stored_reservation(known)
    local now = now_ms()
    if state == "held" then
      local closed = now < ends_at and "released" or "expired"
      local available = close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        closed,
        now + remember_ms
      )
      if closed == "expired" then
        return "expired"
      end
      return { "released", available }
    end
    outcome = state == "committed" and "already_committed" or state
    -- The reservation itself is known as long as a late copy of this call may come.
    known_for_long = ends_at - now >= HORIZON_MS
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

/** Source file -> line of the Lua text below -> line of that source file. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    7: 10, 9: 12, 10: 13, 11: 14, 12: 15, 13: 16, 14: 17, 15: 18, 16: 19, 17: 20, 18: 21, 19: 22, 20: 23,
    21: 24, 22: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    26: 14, 27: 15, 28: 16, 29: 17, 30: 18, 31: 19, 32: 20, 33: 21, 34: 22, 35: 23, 36: 24, 37: 25, 39: 27,
    40: 28, 41: 29, 42: 30, 43: 31, 45: 33, 46: 34, 47: 35, 48: 36, 49: 37, 50: 38, 51: 39, 52: 40, 53: 41,
    54: 42, 55: 43,
  },
  "lua/lib/now_ms.lua": {
    59: 4, 60: 5, 61: 6, 62: 7,
  },
  "lua/lib/stock/stored_reservation.lua": {
    66: 8, 68: 10, 70: 12, 71: 13, 72: 14, 73: 15, 74: 16, 75: 17, 76: 18, 77: 19, 78: 20, 79: 21, 80: 22,
  },
  "lua/stock/release.lua": {
    84: 7, 116: 90, 117: 90, 118: 90, 119: 90, 120: 90, 121: 90, 122: 90, 123: 90, 124: 90, 125: 99,
    126: 100, 127: 101, 128: 102, 129: 103, 130: 104, 131: 105, 132: 106, 133: 107, 134: 108, 135: 109,
    136: 110, 137: 111, 138: 112, 139: 113, 140: 114, 141: 115, 142: 116, 143: 117, 144: 118, 145: 119,
    146: 120, 147: 121, 148: 122, 149: 123, 150: 124, 151: 125, 152: 126, 153: 127, 154: 128, 155: 129,
    156: 130, 157: 131, 158: 132, 159: 133, 160: 134, 162: 136, 163: 137, 165: 139, 166: 140, 167: 141,
    168: 142, 169: 143, 170: 144, 171: 145, 172: 146, 173: 147, 174: 148, 175: 149, 176: 150, 177: 151,
    178: 152,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- stock.release 1.0.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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
  forget_at_ms
)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
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
  redis.call("HSET", reservations, reservation, string.format("%s %d %s", state, units, forget_at))
  if total or still_held > 0 then
    redis.call("HSET", stock, "held", still_held)
  else
    redis.call("HDEL", stock, "held")
  end
  return (total or 0) - still_held
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
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
  end
  return state, units, ends_at
end

-- From lua/stock/release.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS / 5
if wrapper_calls < 1 or wrapper_calls > 100 or wrapper_calls % 1 ~= 0 or #ARGV ~= 2 * wrapper_calls then
  return { err = "ARGUMENT stock.release expected 1 to 100 calls, each with 5 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, ARGV, xpcall, type = KEYS, ARGV, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = ARGV[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.release reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.release reservation: expected no control characters and no braces" }
  end
  local arg_remember_ms = tonumber(ARGV[wrapper_arguments + 2])
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
      elseif stored_outcome == "expired" then
        return "expired"
      elseif stored_outcome ~= "released" then
        error({ err = "CORRUPT release-operation" })
      end
      outcome = "released"
    elseif known then
      local state, units, ends_at = stored_reservation(known)
      local now = now_ms()
      if state == "held" then
        local closed = now < ends_at and "released" or "expired"
        local available = close_reservation(
          stock,
          reservations,
          reservation_ends,
          closed_reservations,
          reservation,
          units,
          closed,
          now + remember_ms
        )
        if closed == "expired" then
          return "expired"
        end
        return "released", available
      end
      outcome = state == "committed" and "already_committed" or state
      -- The reservation itself is known as long as a late copy of this call may come.
      known_for_long = ends_at - now >= HORIZON_MS
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
-- all calls as a flat list in MessagePack, 2 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_at = wrapper_at + 2
  wrapper_keys = wrapper_keys + 5
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
