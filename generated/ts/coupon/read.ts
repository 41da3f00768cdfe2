// coupon.read 1.0.0. Generated from lua/coupon/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `coupon.read`. */
export interface CouponReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly coupon: string;
  /** Also return what this customer has redeemed. 1 to 256 bytes. */
  readonly customer?: string | undefined;
}

/** Reply of `coupon.read`: `outcome` says what happened. */
export type CouponReadReply =
  | {
      /** `found` */
      readonly outcome: "found";
      /** Whether it can be redeemed now. */
      readonly status: types.CouponStatus;
      /** Units in all. Units, 0 to 1,000,000,000,000. */
      readonly limit: number;
      /** Units of each customer. Units, 0 to 1,000,000,000,000. */
      readonly customerLimit: number;
      /**
       * The first instant at which it can be redeemed. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000.
       */
      readonly fromMs: number;
      /**
       * From this instant on it cannot be redeemed; absent: never. Milliseconds since 1970-01-01
       * UTC, 0 to 8,640,000,000,000,000. It may be absent.
       */
      readonly untilMs: number | undefined;
      /** In all. Units, 0 to 1,000,000,000,000. */
      readonly redeemed: number;
      /** In all. Units, 0 to 1,000,000,000,000. */
      readonly remaining: number;
      /**
       * By the customer; absent without a customer. Units, 0 to 1,000,000,000,000. It may be
       * absent.
       */
      readonly customerRedeemed: number | undefined;
      /**
       * For the customer; absent without a customer. Units, 0 to 1,000,000,000,000. It may be
       * absent.
       */
      readonly customerRemaining: number | undefined;
    }
  | {
      /** `unknown`: nobody has set the coupon, or Redis has removed it. */
      readonly outcome: "unknown";
    };

/** The function of `coupon.read`. A tenant's `coupon` has it. */
export interface CouponReadOperation {
  /**
   * Returns the rules of a coupon, and what is redeemed of it.
   *
   * Outcomes:
   * - `found`
   * - `unknown`: nobody has set the coupon, or Redis has removed it.
   *
   * Units: `limit`, `customerLimit`, `redeemed`, `remaining`, `customerRedeemed`,
   * `customerRemaining` in units; `fromMs`, `untilMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/coupon/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A coupon that can be redeemed.
   * const reply = await acme.coupon.read({ coupon: "coupon-1" });
   * // reply: {
   * //   outcome: "found",
   * //   status: "active",
   * //   limit: 100,
   * //   customerLimit: 2,
   * //   fromMs: 0,
   * //   untilMs: 8_000_000_000_000,
   * //   redeemed: 7,
   * //   remaining: 93,
   * // }
   * ```
   */
  read(args: CouponReadArgs, options?: CallOptions): Promise<CouponReadReply>;
}

/** The script `coupon.read`, as a client loads and calls it. */
export const couponRead: Script<CouponReadArgs, CouponReadReply> = {
  name: "coupon.read",
  version: "1.0.0",
  digest: "a40910f5e28e9b0df4094dae96df8fadd649b991",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<coupon>}:coupon",
  ],
  encode(scope, args) {
    return {
      keys: [keys.coupon(scope, args.coupon)],
      args: [argument.customer.encode("customer", args.customer)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 10);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "found":
        return {
          outcome,
          status: field.status.decode("status", fields[1]),
          limit: field.limit.decode("limit", fields[2]),
          customerLimit: field.customerLimit.decode("customerLimit", fields[3]),
          fromMs: field.fromMs.decode("fromMs", fields[4]),
          untilMs: field.untilMs.decode("untilMs", fields[5]),
          redeemed: field.redeemed.decode("redeemed", fields[6]),
          remaining: field.remaining.decode("remaining", fields[7]),
          customerRedeemed: field.customerRedeemed.decode("customerRedeemed", fields[8]),
          customerRemaining: field.customerRemaining.decode("customerRemaining", fields[9]),
        };
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
  customer: optional(types.id),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["found", "unknown"]),
  status: types.couponStatus,
  limit: types.units,
  customerLimit: types.units,
  fromMs: types.epochMs,
  untilMs: optional(types.epochMs),
  redeemed: types.units,
  remaining: types.units,
  customerRedeemed: optional(types.units),
  customerRemaining: optional(types.units),
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
  "lua/coupon/read.lua": {
    51: 6, 53: 8, 72: 45, 73: 45, 74: 46, 75: 47, 76: 48, 77: 49, 78: 50, 79: 51, 80: 52, 81: 53, 82: 54,
    83: 55, 84: 56, 85: 57, 86: 58, 87: 59, 88: 60, 89: 61, 90: 62, 91: 63, 92: 64, 93: 65, 94: 66, 95: 67,
    96: 68, 97: 69, 98: 70, 99: 71, 100: 72, 101: 73, 102: 73, 103: 73, 104: 73, 105: 73, 106: 73, 107: 73,
    108: 73, 109: 73, 110: 73, 111: 73, 112: 73, 113: 74,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- coupon.read 1.0.0. Generated from lua/coupon/read.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/coupon/read.lua:
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000
-- The upper bound of the type epoch_ms: no end.
local NEVER_MS = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT coupon.read expected 1 key and 1 argument" }
end
local arg_customer = ARGV[1]
if arg_customer == "" then
  arg_customer = nil
else
  if arg_customer == "" or #arg_customer > 256 then
    return { err = "ARGUMENT coupon.read customer: expected 1 to 256 bytes" }
  end
  if string.find(arg_customer, "[%c{}]") then
    return { err = "ARGUMENT coupon.read customer: expected no control characters and no braces" }
  end
end

--- Returns the rules of a coupon, and what is redeemed of it.
do
  local coupon, customer = KEYS[1], arg_customer
  local stored
  if customer then
    stored = redis.call("HMGET", coupon, "rules", "redeemed", "customer:" .. customer)
  else
    stored = redis.call("HMGET", coupon, "rules", "redeemed")
  end
  if not stored[1] then
    return "unknown"
  end
  local limit, customer_limit, from_ms, until_ms = stored_rules(stored[1])
  local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
  local own, own_remaining
  if customer then
    own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
    own_remaining = math.max(customer_limit - own, 0)
  end
  local now = now_ms()
  local remaining = math.max(limit - redeemed, 0)
  local status = "active"
  if now < from_ms then
    status = "not_started"
  elseif now >= until_ms then
    status = "ended"
  elseif remaining == 0 then
    status = "exhausted"
  end
  local ends = until_ms < NEVER_MS and until_ms or nil
  return {
    "found",
    status or false,
    limit or false,
    customer_limit or false,
    from_ms or false,
    ends or false,
    redeemed or false,
    remaining or false,
    own or false,
    own_remaining,
  }
end
`;
