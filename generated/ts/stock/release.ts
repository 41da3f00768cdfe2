// stock.release 1.0.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
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
       * - `prepared`: a cart that has it is being committed, and nothing is changed.
       * - `already_committed`: the units are sold.
       * - `mismatch`: a remembered answer of this operation was for another reservation, and
       *   nothing is changed.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "prepared" | "already_committed" | "mismatch" | "expired" | "unknown";
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
   * rememberMs but at most 10 minutes, unless the closed reservation is known for longer. The
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
  release(args: StockReleaseArgs, options?: CallOptions): Promise<StockReleaseReply>;
}

/** The script `stock.release`, as a client loads and calls it. */
export const stockRelease: Script<StockReleaseArgs, StockReleaseReply> = {
  name: "stock.release",
  version: "1.0.0",
  digest: "0862384424d684eb83523ef5518654d86c0fcec1",
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
      case "prepared":
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
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    6: 10, 8: 12, 9: 13, 10: 14, 11: 15, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23,
    20: 24, 21: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    25: 15, 26: 16, 27: 17, 28: 18, 29: 19, 30: 20, 31: 21, 32: 22, 33: 23, 34: 24, 35: 25, 36: 26, 37: 27,
    39: 29, 40: 30, 41: 31, 42: 32, 43: 33, 45: 35, 46: 36, 47: 37, 48: 38, 49: 39, 50: 40, 51: 41, 52: 42,
    53: 43, 54: 44, 55: 45, 56: 46, 57: 47, 58: 48, 59: 49,
  },
  "lua/lib/now_ms.lua": {
    63: 4, 64: 5, 65: 6, 66: 7,
  },
  "lua/lib/stock/stored_reservation.lua": {
    70: 10, 72: 12, 74: 14, 76: 16, 77: 17, 78: 18, 79: 19, 80: 20, 81: 21, 82: 22, 83: 23, 84: 24, 85: 25,
    86: 26, 87: 27, 88: 28, 89: 29, 90: 30, 91: 31, 92: 32,
  },
  "lua/stock/release.lua": {
    96: 7, 120: 104, 121: 104, 122: 104, 123: 113, 124: 114, 125: 115, 126: 116, 127: 117, 128: 118,
    129: 119, 130: 120, 131: 121, 132: 122, 133: 123, 134: 124, 135: 125, 136: 126, 137: 127, 138: 128,
    139: 129, 140: 130, 141: 131, 142: 132, 143: 133, 144: 134, 145: 135, 146: 136, 147: 137, 148: 138,
    149: 139, 150: 140, 151: 141, 152: 142, 153: 143, 154: 144, 155: 145, 156: 146, 157: 147, 158: 148,
    159: 149, 160: 150, 161: 151, 163: 153, 164: 154, 166: 156, 167: 157, 168: 158, 169: 159, 170: 160,
    171: 161, 172: 162, 173: 163, 174: 164, 175: 165, 176: 166, 177: 167, 178: 168, 179: 169,
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
  forget_at_ms,
  fence
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
    local state, units, ends_at, fence = stored_reservation(known)
    local now = now_ms()
    if state == "held" then
      local available = close_reservation(
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
        return "expired"
      end
      return { "released", available }
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
