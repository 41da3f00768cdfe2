// stock.extend 1.0.0. Generated from lua/stock/extend.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.extend`. */
export interface StockExtendArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /**
   * As reserve or extend last returned it. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly leaseEndsMs: number;
  /**
   * How long the units are held from now on; at least until 1 ms after the old end. Milliseconds, 1
   * to 31,622,400,000.
   */
  readonly leaseMs: number;
}

/** Reply of `stock.extend`: `outcome` says what happened. */
export type StockExtendReply =
  | {
      /**
       * - `extended`: the lease has a new end.
       * - `stale`: the lease has another end than leaseEndsMs, and nothing changed.
       */
      readonly outcome: "extended" | "stale";
      /** When the lease ends now. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly leaseEndsMs: number;
    }
  | {
      /**
       * - `already_committed`: the units are sold.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "already_committed" | "released" | "expired" | "unknown";
    };

/** The function of `stock.extend`. A tenant's `stock` has it. */
export interface StockExtendOperation {
  /**
   * Makes the lease of a held reservation longer, for example while a customer pays.
   *
   * The script compares the end of the lease with `leaseEndsMs`, and changes it only if they are
   * equal. The new end is leaseMs from now, and always later than the old end. So a late copy of a
   * call changes nothing. If the lease has ended, the script sets its end to 0, so it stays ended
   * even if the clock goes back after a failover.
   *
   * While a cart is being committed, its reservations stay, also after the end of the lease. The
   * new end then counts if the cart is not committed.
   *
   * Outcomes:
   * - `extended`: the lease has a new end.
   * - `stale`: the lease has another end than leaseEndsMs, and nothing changed.
   * - `already_committed`: the units are sold.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, or is no longer remembered.
   *
   * Units: `leaseEndsMs` in milliseconds since 1970-01-01 UTC; `leaseMs` in milliseconds.
   *
   * Cost: O(log R), R the product's held reservations.
   *
   * Retry: safe. A second run finds another end, is "stale" and changes nothing.
   *
   * Lua source: `lua/stock/extend.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The lease gets a new end.
   * const reply = await acme.stock.extend({
   *   product: "product-1",
   *   reservation: "cart-1",
   *   leaseEndsMs: 9_999_999_990_000,
   *   leaseMs: 60_000,
   * });
   * // reply: { outcome: "extended", leaseEndsMs: 9_999_999_990_001 }
   * ```
   */
  extend(args: StockExtendArgs, options?: CallOptions): Promise<StockExtendReply>;
}

/** The script `stock.extend`, as a client loads and calls it. */
export const stockExtend: Script<StockExtendArgs, StockExtendReply> = {
  name: "stock.extend",
  version: "1.0.0",
  digest: "549ffac199e774a4ce505008a0b2f986322f2ab1",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.leaseEndsMs.encode("leaseEndsMs", args.leaseEndsMs),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "extended":
      case "stale":
        return {
          outcome,
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[1]),
        };
      case "already_committed":
      case "released":
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
  leaseEndsMs: types.epochMs,
  leaseMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["extended", "stale", "already_committed", "released", "expired", "unknown"]),
  leaseEndsMs: types.epochMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/extend.lua": "31:57 32:57 33-37:57 63:62 70-96:63",
  "lua/lib/stock/stored_reservation.lua": "40-62:10",
  "lua/lib/now_ms.lua": "66-69:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.extend 1.0.0. Generated from lua/stock/extend.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.extend expected 2 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.extend reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.extend reservation: expected no control characters and no braces" }
end
local arg_lease_ends_ms = tonumber(ARGV[2])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.extend lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.extend lease_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/stock/extend.lua:
--- Makes the lease of a held reservation longer, for example while a customer pays.
do
  local reservations, reservation_ends, reservation, lease_ends_ms, lease_ms =
    KEYS[1], KEYS[2], arg_reservation, arg_lease_ends_ms, arg_lease_ms
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
  local state, units, ends_at, fence = stored_reservation(known)
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  if state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "expired" then
    return "expired"
  end
  local words = fence > 0 and "%s %d %d %d" or "%s %d %d"
  if now >= ends_at then
    if ends_at > 0 and state == "held" then
      -- The end 0 is final. After a failover, the clock may be before the old end.
      redis.call("ZADD", reservation_ends, "0", reservation)
      redis.call("HSET", reservations, reservation, string.format(words, state, units, 0, fence))
    end
    return "expired"
  elseif ends_at ~= lease_ends_ms then
    return { "stale", ends_at }
  end

  local new_end = math.max(now + lease_ms, ends_at + 1)
  if state == "held" then
    redis.call("ZADD", reservation_ends, new_end, reservation)
  end
  redis.call("HSET", reservations, reservation, string.format(words, state, units, new_end, fence))
  return { "extended", new_end }
end
`;
