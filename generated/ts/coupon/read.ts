// coupon.read 1.0.0. Generated from lua/coupon/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  readonly read: {
    (args: CouponReadArgs, options?: CallOptions): Promise<CouponReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CouponReadArgs[], options?: CallOptions): Promise<ManyResult<CouponReadReply>[]>;
  };
}

/** The script `coupon.read`, as a client loads and calls it. */
export const couponRead: ManyScript<CouponReadArgs, CouponReadReply> = {
  name: "coupon.read",
  version: "1.0.0",
  digest: "fbcbc4e8ec7c41abe5f9f2a2bfd702d15bde6b3c",
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
  many: {
    limit: 100,
    width: 10,
    digest: "c74ffa951e9f8e94bb2ef29d0c22ce4c414ba5c0",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "coupon", args.coupon);
      call.endTag("}:coupon");
      call.endKey();
      call.args.text(argument.customer.encode("customer", args.customer));
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/coupon/read.lua":
    "6-8:6 27:46 28-37:46 59:56 75-80:57 87-98:63 99:74 100:74 101:74 102:74 103:74 104:74 105:74 106:74 " +
    "107:74 108:74 109-110:74",
  "lua/lib/coupon/stored_rules.lua": "40-58:11",
  "lua/lib/stored_integer.lua": "63-74:9",
  "lua/lib/now_ms.lua": "83-86:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- coupon.read 1.0.0. Generated from lua/coupon/read.lua by moonpath-codegen. DO NOT EDIT.

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
  local limit, customer_limit, from_ms, until_ms = stored_rules(stored[1])
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
  local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
  local own, own_remaining
  if customer then
    own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
    own_remaining = math.max(customer_limit - own, 0)
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/stored_integer.lua": "15-26:9",
  "lua/lib/coupon/stored_rules.lua": "30-48:11",
  "lua/coupon/read.lua":
    "52-54:6 84:46 85-113:46 114:74 115:74 116:74 117:74 118:74 119:74 120:74 121:74 122-123:74",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- coupon.read 1.0.0. Generated from lua/coupon/read.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/coupon/read.lua:
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000
-- The upper bound of the type epoch_ms: no end.
local NEVER_MS = 8640000000000000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT coupon.read expected 1 to 100 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_customer = wrapper_argv[wrapper_arguments + 1]
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
    local coupon, customer = KEYS[wrapper_keys + 1], arg_customer
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
    return "found",
      status or false,
      limit or false,
      customer_limit or false,
      from_ms or false,
      ends or false,
      redeemed or false,
      remaining or false,
      own or false,
      own_remaining
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
-- all calls as a flat list in MessagePack, 10 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6, reply_7, reply_8, reply_9, reply_10 =
    xpcall(wrapper_call, wrapper_failed)
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
  wrapper_values[wrapper_at + 7] = reply_7 or false
  wrapper_values[wrapper_at + 8] = reply_8 or false
  wrapper_values[wrapper_at + 9] = reply_9 or false
  wrapper_values[wrapper_at + 10] = reply_10 or false
  wrapper_at = wrapper_at + 10
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
