// coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * Retry: safe within `rememberMs`. And after a refusal at most 11 minutes, because the remembered
   * answer makes a second run change nothing.
   *
   * Lua source: `lua/coupon/redeem.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  readonly redeem: {
    (args: CouponRedeemArgs, options?: CallOptions): Promise<CouponRedeemReply>;
    /**
     * Makes many calls of `redeem` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CouponRedeemArgs[], options?: CallOptions): Promise<ManyResult<CouponRedeemReply>[]>;
  };
}

/** The script `coupon.redeem`, as a client loads and calls it. */
export const couponRedeem: ManyScript<CouponRedeemArgs, CouponRedeemReply> = {
  name: "coupon.redeem",
  version: "1.0.0",
  digest: "7023825102a3a3d0df802c7c914e9f2e3ed1cb18",
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
  many: {
    limit: 100,
    width: 4,
    digest: "c3e3d1f578a23654931bea9d62918239073450ae",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "coupon", args.coupon);
      call.endTag("}:coupon");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "coupon", args.coupon);
      call.endTag("}:coupon-redemption:");
      types.id.writeKeyPart(call, "redemption", args.redemption);
      call.endKey();
      call.args.text(argument.customer.encode("customer", args.customer));
      argument.units.writeArgument(call, "units", args.units);
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/coupon/redeem.lua":
    "22-43:6 71:104 72:104 73-80:104 102:112 109-134:113 135:138 136:138 137:138 138:138 139:138 140:138 " +
    "141-149:138",
  "lua/lib/coupon/stored_rules.lua": "83-101:11",
  "lua/lib/now_ms.lua": "105-108:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.

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
  local outcome, made = "unknown", "0"
  local remaining, customer_remaining = 0, 0
  if stored[1] then
    -- From lua/lib/coupon/stored_rules.lua:
    --- Reads the rules of a coupon, such as \`limit 100 each 1 from 0 to 9000 seq 7 life 1767225600000000\`.
    local function stored_rules(text)
      -- The upper bound of the type units.
      local MAX_COUPON_UNITS = 1000000000000
      -- The upper bound of the type epoch_ms.
      local MAX_TIME = 8640000000000000
      -- The upper bound of the type sequence.
      local MAX_SEQUENCE = 9007199254740991
      local all, each, from, to, event, made =
        string.match(text, "^limit (%d+) each (%d+) from (%d+) to (%d+) seq (%d+) life (%d+)$")
      local limit, customer_limit = tonumber(all), tonumber(each)
      local from_ms, until_ms, sequence = tonumber(from), tonumber(to), tonumber(event)
      if not limit or limit > MAX_COUPON_UNITS or customer_limit > MAX_COUPON_UNITS then
        error({ err = "CORRUPT rules" })
      end
      if from_ms > until_ms or until_ms > MAX_TIME or sequence > MAX_SEQUENCE then
        error({ err = "CORRUPT rules" })
      end
      return limit, customer_limit, from_ms, until_ms, sequence, made
    end
    local limit, customer_limit, from_ms, until_ms, _, stored_made = stored_rules(stored[1])
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = now_ms()
    made = stored_made
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
    string.format("%s %d %d %d %s %s", outcome, units, remaining, customer_remaining, made, customer)
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/stored_integer.lua": "15-26:9",
  "lua/lib/coupon/stored_rules.lua": "30-48:11",
  "lua/coupon/redeem.lua": "52-73:6 118:104 119:104 120-154:104 155:138 156:138 157:138 158:138 159-167:138",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- From lua/lib/coupon/stored_rules.lua:
--- Reads the rules of a coupon, such as \`limit 100 each 1 from 0 to 9000 seq 7 life 1767225600000000\`.
local function stored_rules(text)
  -- The upper bound of the type units.
  local MAX_COUPON_UNITS = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  local all, each, from, to, event, made =
    string.match(text, "^limit (%d+) each (%d+) from (%d+) to (%d+) seq (%d+) life (%d+)$")
  local limit, customer_limit = tonumber(all), tonumber(each)
  local from_ms, until_ms, sequence = tonumber(from), tonumber(to), tonumber(event)
  if not limit or limit > MAX_COUPON_UNITS or customer_limit > MAX_COUPON_UNITS then
    error({ err = "CORRUPT rules" })
  end
  if from_ms > until_ms or until_ms > MAX_TIME or sequence > MAX_SEQUENCE then
    error({ err = "CORRUPT rules" })
  end
  return limit, customer_limit, from_ms, until_ms, sequence, made
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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT coupon.redeem expected 1 to 100 calls, each with 2 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_customer = wrapper_argv[wrapper_arguments + 1]
  if arg_customer == "" or #arg_customer > 256 then
    return { err = "ARGUMENT coupon.redeem customer: expected 1 to 256 bytes" }
  end
  if string.find(arg_customer, "[%c{}]") then
    return { err = "ARGUMENT coupon.redeem customer: expected no control characters and no braces" }
  end
  local arg_units = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
    return { err = "ARGUMENT coupon.redeem units: expected a whole number from 1 to 1000000000000" }
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 3])
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
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_customer, arg_units, arg_remember_ms
    local field = "customer:" .. customer
    local stored = redis.call("HMGET", coupon, "rules", "redeemed", field)
    local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
    local own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
    local outcome, made = "unknown", "0"
    local remaining, customer_remaining = 0, 0
    if stored[1] then
      local limit, customer_limit, from_ms, until_ms, _, stored_made = stored_rules(stored[1])
      local now = now_ms()
      made = stored_made
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
      string.format("%s %d %d %d %s %s", outcome, units, remaining, customer_remaining, made, customer)
    local first = redis.call("SET", coupon_redemption, answer, "NX", "GET", "PX", remember_ms)
    if first then
      local reply_outcome, reply_repeated, reply_remaining, reply_customer_remaining =
        earlier_answer(first, units, customer)
      return reply_outcome,
        reply_repeated ~= nil and (reply_repeated and 1 or 0),
        reply_remaining or false,
        reply_customer_remaining or false
    end
    if outcome == "redeemed" then
      redis.call("HSET", coupon, "redeemed", redeemed + units, field, own + units)
    elseif outcome ~= "exhausted" and outcome ~= "customer_exhausted" then
      return outcome
    end
    return outcome, 0, remaining or false, customer_remaining
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
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
