// coupon.set 1.0.0. Generated from lua/coupon/set.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `coupon.set`. */
export interface CouponSetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly coupon: string;
  /** In all; 1,000,000,000,000 for no limit. Units, 0 to 1,000,000,000,000. */
  readonly limit: number;
  /** Of each customer; 1,000,000,000,000 for no limit. Units, 0 to 1,000,000,000,000. */
  readonly customerLimit: number;
  /**
   * The first instant at which it can be redeemed; absent: at once. Milliseconds since 1970-01-01
   * UTC, 0 to 8,640,000,000,000,000.
   */
  readonly fromMs?: number | undefined;
  /**
   * From this instant on it cannot be redeemed; absent: never. Milliseconds since 1970-01-01 UTC, 0
   * to 8,640,000,000,000,000.
   */
  readonly untilMs?: number | undefined;
  /**
   * The event's number among the rules of this coupon; higher is later. 0 to 9,007,199,254,740,991.
   */
  readonly sequence: number;
}

/** Reply of `coupon.set`: `outcome` says what happened. */
export type CouponSetReply =
  | {
      /**
       * - `applied`: the rules are set.
       * - `repeated`: the sequence equals the latest one.
       * - `stale`: it is lower.
       */
      readonly outcome: "applied" | "repeated" | "stale";
    };

/** The function of `coupon.set`. A tenant's `coupon` has it. */
export interface CouponSetOperation {
  /**
   * Sets the rules of a coupon: how many units are redeemed in all and by each customer, and when.
   *
   * An event whose sequence is not above the latest one changes nothing. A lower limit takes
   * nothing back: if more is redeemed already, nothing more can be redeemed.
   *
   * With untilMs, Redis removes the coupon and the counts of its customers 11 minutes after that
   * time. A coupon that is set after its removal is a new one.
   *
   * With more than about 10,000 customers, set lazyfree-lazy-expire yes in the server. Otherwise
   * the removal stops the server, for about 20 ms with 100,000 customers and 300 ms with a million.
   *
   * Outcomes:
   * - `applied`: the rules are set.
   * - `repeated`: the sequence equals the latest one.
   * - `stale`: it is lower.
   *
   * Units: `limit`, `customerLimit` in units; `fromMs`, `untilMs` in milliseconds since 1970-01-01
   * UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. Until 11 minutes after untilMs, because the latest sequence stays stored and no
   * call with a lower or equal one changes anything.
   *
   * Lua source: `lua/coupon/set.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A coupon gets its rules.
   * const reply = await acme.coupon.set({
   *   coupon: "coupon-1",
   *   limit: 100,
   *   customerLimit: 1,
   *   untilMs: 8_000_000_000_000,
   *   sequence: 3,
   * });
   * // reply: { outcome: "applied" }
   * ```
   */
  set(args: CouponSetArgs, options?: CallOptions): Promise<CouponSetReply>;
}

/** The script `coupon.set`, as a client loads and calls it. */
export const couponSet: Script<CouponSetArgs, CouponSetReply> = {
  name: "coupon.set",
  version: "1.0.0",
  digest: "53e9aacab80860a5a9ddcc48a1bef99d53ef9813",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<coupon>}:coupon",
  ],
  encode(scope, args) {
    return {
      keys: [keys.coupon(scope, args.coupon)],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.customerLimit.encode("customerLimit", args.customerLimit),
        argument.fromMs.encode("fromMs", args.fromMs),
        argument.untilMs.encode("untilMs", args.untilMs),
        argument.sequence.encode("sequence", args.sequence),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
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
  limit: types.units,
  customerLimit: types.units,
  fromMs: optional(types.epochMs),
  untilMs: optional(types.epochMs),
  sequence: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["applied", "repeated", "stale"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/coupon/set.lua": "6-8:6 45:59 46:59 47-54:59 76-81:67 89:73 96-118:74",
  "lua/lib/coupon/stored_rules.lua": "57-75:11",
  "lua/lib/next_number.lua": "84-88:9",
  "lua/lib/now_ms.lua": "92-95:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- coupon.set 1.0.0. Generated from lua/coupon/set.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/coupon/set.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- The upper bound of the type epoch_ms.
local MAX_TIME = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 5 then
  return { err = "ARGUMENT coupon.set expected 1 key and 5 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 0 or arg_limit > 1000000000000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT coupon.set limit: expected a whole number from 0 to 1000000000000" }
end
local arg_customer_limit = tonumber(ARGV[2])
if
  not arg_customer_limit
  or arg_customer_limit < 0
  or arg_customer_limit > 1000000000000
  or arg_customer_limit % 1 ~= 0
then
  return { err = "ARGUMENT coupon.set customer_limit: expected a whole number from 0 to 1000000000000" }
end
local arg_from_ms = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if not arg_from_ms or arg_from_ms < 0 or arg_from_ms > 8640000000000000 or arg_from_ms % 1 ~= 0 then
    return { err = "ARGUMENT coupon.set from_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_until_ms = tonumber(ARGV[4])
if ARGV[4] ~= "" then
  if not arg_until_ms or arg_until_ms < 0 or arg_until_ms > 8640000000000000 or arg_until_ms % 1 ~= 0 then
    return { err = "ARGUMENT coupon.set until_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_sequence = tonumber(ARGV[5])
if not arg_sequence or arg_sequence < 0 or arg_sequence > 9007199254740991 or arg_sequence % 1 ~= 0 then
  return { err = "ARGUMENT coupon.set sequence: expected a whole number from 0 to 9007199254740991" }
end

--- Sets the rules of a coupon: how many units are redeemed in all and by each customer, and when.
do
  local coupon, limit, customer_limit, from_ms, until_ms, sequence =
    KEYS[1], arg_limit, arg_customer_limit, arg_from_ms, arg_until_ms, arg_sequence
  local starts, ends = from_ms or 0, until_ms or MAX_TIME
  if starts >= ends then
    error({ err = "ARGUMENT coupon.set until_ms: it must be above from_ms" })
  end
  local text = redis.call("HGET", coupon, "rules")
  local made
  if text then
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
    local _, _, _, _, last_sequence, stored_made = stored_rules(text)
    if sequence <= last_sequence then
      return sequence == last_sequence and "repeated" or "stale"
    end
    made = stored_made
  end
  -- From lua/lib/next_number.lua:
  --- Returns a number above the last one, for fences and batches.
  local function next_number(last)
    local clock = redis.call("TIME")
    local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
    return math.max(now_us, (last or 0) + 1)
  end
  made = made or string.format("%d", next_number())
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local removed_at = math.max(ends, now_ms()) + HORIZON_MS

  redis.call(
    "HSET",
    coupon,
    "rules",
    string.format(
      "limit %d each %d from %d to %d seq %d life %s",
      limit,
      customer_limit,
      starts,
      ends,
      sequence,
      made
    )
  )
  if until_ms then
    redis.call("PEXPIREAT", coupon, removed_at)
  else
    redis.call("PERSIST", coupon)
  end
  return "applied"
end
`;
