// coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `coupon.redeem`. */
export interface CouponRedeemArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly coupon: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly redemption: string;
  /** Who redeems. 1 to 256 bytes. */
  readonly customer: string;
  /** How many units, such as 1 for a coupon. Units, 1 to 1,000,000,000,000. */
  readonly units: number;
  /**
   * How long the redemption is remembered, and can be released. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/**
 * Reply of `coupon.redeem`: `outcome` says what happened.
 *
 * Not_started, ended: the coupon is not valid yet, or any more.
 */
export type CouponRedeemReply =
  | {
      /**
       * - `redeemed`: the units are taken.
       * - `exhausted`: too few units remain in all.
       * - `customer_exhausted`: too few remain for the customer.
       */
      readonly outcome: "redeemed" | "exhausted" | "customer_exhausted";
      /** This is the remembered answer of an earlier call. */
      readonly repeated: boolean;
      /** In all, after this redemption. Units, 0 to 1,000,000,000,000. */
      readonly remaining: number;
      /** For the customer. Units, 0 to 1,000,000,000,000. */
      readonly customerRemaining: number;
    }
  | {
      /**
       * - `not_started`
       * - `ended`
       * - `unknown`: nobody has set the coupon.
       * - `released`: the redemption was released before.
       * - `mismatch`: it was sent before with another customer or other units.
       */
      readonly outcome: "not_started" | "ended" | "unknown" | "released" | "mismatch";
    };

/** The function of `coupon.redeem`. A tenant's `coupon` has it. */
export interface CouponRedeemOperation {
  /**
   * Redeems units of a coupon for a customer: never more than its limits in all and for the
   * customer.
   *
   * The script redeems all units or none. Redis's clock decides whether the coupon is valid.
   *
   * The script remembers its answer and its arguments under the name of the redemption, for
   * rememberMs; a refusal for at most 11 minutes. If the same redemption is sent again, the script
   * returns that answer and changes nothing. After that time, it runs again as a new one. After a
   * release, the answer is "released".
   *
   * Outcomes:
   * - `redeemed`: the units are taken.
   * - `exhausted`: too few units remain in all.
   * - `customer_exhausted`: too few remain for the customer.
   * - `not_started`
   * - `ended`
   * - `unknown`: nobody has set the coupon.
   * - `released`: the redemption was released before.
   * - `mismatch`: it was sent before with another customer or other units.
   *
   * Not_started, ended: the coupon is not valid yet, or any more.
   *
   * Units: `units`, `remaining`, `customerRemaining` in units; `rememberMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe within `rememberMs`. The remembered answer makes a second run change nothing;
   * within 10 minutes after a refusal.
   *
   * Lua source: `lua/coupon/redeem.lua`, version 1.0.0.
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
   * // A customer redeems a coupon.
   * const reply = await acme.coupon.redeem({
   *   coupon: "coupon-1",
   *   redemption: "order-1",
   *   customer: "ada",
   *   units: 1,
   *   rememberMs: 86_400_000,
   * });
   * // reply: { outcome: "redeemed", repeated: false, remaining: 92, customerRemaining: 0 }
   * ```
   */
  redeem(args: CouponRedeemArgs, options?: CallOptions): Promise<CouponRedeemReply>;
}

/** The script `coupon.redeem`, as a client loads and calls it. */
export const couponRedeem: Script<CouponRedeemArgs, CouponRedeemReply> = {
  name: "coupon.redeem",
  version: "1.0.0",
  digest: "7807c4fff9fd73f09d356ca4b80366a65773b168",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<coupon>}:coupon",
    "<namespace>:{<tenant>:<coupon>}:coupon-redemption:<redemption>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.coupon(scope, args.coupon),
        keys.couponRedemption(scope, args.coupon, args.redemption),
      ],
      args: [
        argument.customer.encode("customer", args.customer),
        argument.units.encode("units", args.units),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "redeemed":
      case "exhausted":
      case "customer_exhausted":
        return {
          outcome,
          repeated: field.repeated.decode("repeated", fields[1]),
          remaining: field.remaining.decode("remaining", fields[2]),
          customerRemaining: field.customerRemaining.decode("customerRemaining", fields[3]),
        };
      case "not_started":
      case "ended":
      case "unknown":
      case "released":
      case "mismatch":
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
  customer: types.id,
  units: types.quantity,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["redeemed", "exhausted", "customer_exhausted", "not_started", "ended", "unknown", "released", "mismatch"]),
  repeated: types.flag,
  remaining: types.units,
  customerRemaining: types.units,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/stored_integer.lua": {
    14: 9, 16: 11, 17: 12, 18: 13, 19: 14, 20: 15, 21: 16, 22: 17, 23: 18, 24: 19, 25: 20,
  },
  "lua/lib/coupon/stored_rules.lua": {
    29: 10, 31: 12, 33: 14, 35: 16, 36: 17, 37: 18, 38: 19, 39: 20, 40: 21, 41: 22, 42: 23, 43: 24, 44: 25,
    45: 26, 46: 27, 47: 28,
  },
  "lua/coupon/redeem.lua": {
    51: 6, 53: 8, 56: 11, 57: 12, 58: 13, 59: 14, 60: 15, 61: 16, 62: 17, 63: 18, 64: 19, 65: 20, 66: 21,
    67: 22, 68: 23, 69: 24, 70: 25, 71: 26, 72: 27, 100: 103, 101: 103, 102: 103, 103: 104, 104: 105,
    105: 106, 106: 107, 107: 108, 108: 109, 109: 110, 110: 111, 111: 112, 112: 113, 113: 114, 114: 115,
    115: 116, 116: 117, 117: 118, 118: 119, 119: 120, 120: 121, 121: 122, 122: 123, 123: 124, 124: 125,
    125: 126, 126: 127, 127: 128, 128: 129, 129: 130, 130: 131, 132: 133, 133: 134, 134: 135, 135: 136,
    136: 137, 137: 137, 138: 137, 139: 137, 140: 137, 141: 137, 142: 137, 143: 137, 144: 138, 145: 139,
    146: 140, 147: 141, 148: 142, 149: 143, 150: 144, 151: 145,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/coupon/stored_rules.lua:
--- Reads the rules of a coupon, such as \`limit 100 each 1 from 0 to 9000 seq 7 life 1767225600000000\`.
local function stored_rules(text)
  -- The upper bound of the type units.
  local MAX_COUPON_UNITS = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  local all, each, from, to, event, life =
    string.match(text, "^limit (%d+) each (%d+) from (%d+) to (%d+) seq (%d+) life (%d+)$")
  local limit, customer_limit = tonumber(all), tonumber(each)
  local from_ms, until_ms, sequence = tonumber(from), tonumber(to), tonumber(event)
  if not limit or limit > MAX_COUPON_UNITS or customer_limit > MAX_COUPON_UNITS then
    error({ err = "CORRUPT rules" })
  end
  if from_ms > until_ms or until_ms > MAX_TIME or sequence > MAX_SEQUENCE then
    error({ err = "CORRUPT rules" })
  end
  return limit, customer_limit, from_ms, until_ms, sequence, life
end

-- From lua/coupon/redeem.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000

--- Returns the answer of an earlier call, from its text.
local function earlier_answer(text, units, customer)
  local outcome, old_units, in_all, own, old_customer =
    string.match(text, "^([%l_]+) (%d+) (%d+) (%d+) %d+ (.+)$")
  local remaining, customer_remaining = tonumber(in_all), tonumber(own)
  if text == "cancelled" then
    return "released"
  elseif not remaining or remaining > MAX_UNITS or customer_remaining > MAX_UNITS then
    error({ err = "CORRUPT redemption" })
  elseif tonumber(old_units) ~= units or old_customer ~= customer then
    return "mismatch"
  elseif outcome == "redeemed" or outcome == "exhausted" or outcome == "customer_exhausted" then
    return outcome, true, remaining, customer_remaining
  elseif outcome == "not_started" or outcome == "ended" or outcome == "unknown" or outcome == "released" then
    return outcome
  end
  error({ err = "CORRUPT redemption" })
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT coupon.redeem expected 2 keys and 3 arguments" }
end
local arg_customer = ARGV[1]
if arg_customer == "" or #arg_customer > 256 then
  return { err = "ARGUMENT coupon.redeem customer: expected 1 to 256 bytes" }
end
if string.find(arg_customer, "[%c{}]") then
  return { err = "ARGUMENT coupon.redeem customer: expected no control characters and no braces" }
end
local arg_units = tonumber(ARGV[2])
if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
  return { err = "ARGUMENT coupon.redeem units: expected a whole number from 1 to 1000000000000" }
end
local arg_remember_ms = tonumber(ARGV[3])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT coupon.redeem remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Redeems units of a coupon for a customer: never more than its limits in all and for the customer.
do
  local coupon, coupon_redemption, customer, units, remember_ms =
    KEYS[1], KEYS[2], arg_customer, arg_units, arg_remember_ms
  local field = "customer:" .. customer
  local stored = redis.call("HMGET", coupon, "rules", "redeemed", field)
  local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
  local own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
  local outcome, life = "unknown", "0"
  local remaining, customer_remaining = 0, 0
  if stored[1] then
    local limit, customer_limit, from_ms, until_ms, _, stored_life = stored_rules(stored[1])
    local now = now_ms()
    life = stored_life
    remaining = math.max(limit - redeemed, 0)
    customer_remaining = math.max(customer_limit - own, 0)
    if now < from_ms then
      outcome = "not_started"
    elseif now >= until_ms then
      outcome = "ended"
    elseif units > remaining then
      outcome = "exhausted"
    elseif units > customer_remaining then
      outcome = "customer_exhausted"
    else
      outcome = "redeemed"
      remaining, customer_remaining = remaining - units, customer_remaining - units
    end
  end
  if outcome ~= "redeemed" then
    remember_ms = math.min(remember_ms, HORIZON_MS)
  end

  local answer =
    string.format("%s %d %d %d %s %s", outcome, units, remaining, customer_remaining, life, customer)
  local first = redis.call("SET", coupon_redemption, answer, "NX", "GET", "PX", remember_ms)
  if first then
    local reply_outcome, reply_repeated, reply_remaining, reply_customer_remaining =
      earlier_answer(first, units, customer)
    return {
      reply_outcome,
      reply_repeated ~= nil and (reply_repeated and 1 or 0),
      reply_remaining or false,
      reply_customer_remaining or false,
    }
  end
  if outcome == "redeemed" then
    redis.call("HSET", coupon, "redeemed", redeemed + units, field, own + units)
  elseif outcome ~= "exhausted" and outcome ~= "customer_exhausted" then
    return outcome
  end
  return { outcome, 0, remaining or false, customer_remaining }
end
`;
