// price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `price.read`. */
export interface PriceReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. 3 to 3 bytes. */
  readonly currency: string;
}

/** Reply of `price.read`: `outcome` says what happened. */
export type PriceReadReply =
  | {
      /** `priced`: the product has a base price. */
      readonly outcome: "priced";
      /** The base price. Minor units of the currency, 0 to 1,000,000,000,000. */
      readonly baseMinor: number;
      /**
       * The price of the sale that is on, otherwise the base price. Minor units of the currency, 0
       * to 1,000,000,000,000.
       */
      readonly effectiveMinor: number;
      /** A sale is on, so the effective price is below the base price. */
      readonly onSale: boolean;
      /** The sale that is on. 1 to 128 bytes. It may be absent. */
      readonly sale: string | undefined;
      /**
       * When this reply changes next, unless an event changes it before; absent: it never changes
       * without an event. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. It may be
       * absent.
       */
      readonly changesAtMs: number | undefined;
    }
  | {
      /** `unknown`: the product has no base price in this currency, even if it has a sale. */
      readonly outcome: "unknown";
    };

/** The function of `price.read`. A tenant's `price` has it. */
export interface PriceReadOperation {
  /**
   * Reads the price of a product in one currency: the base price, the effective price, and the sale
   * that is on.
   *
   * Redis's clock decides which sale is on. So every service shows the same price. If several sales
   * overlap, the one with the lowest price is on. A sale that is not below the base price is
   * ignored.
   *
   * Outcomes:
   * - `priced`: the product has a base price.
   * - `unknown`: the product has no base price in this currency, even if it has a sale.
   *
   * Units: `baseMinor`, `effectiveMinor` in minor units of the currency; `changesAtMs` in
   * milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(C), C the changes of sales that have passed or are not below the base, at most 99.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/price/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // While a sale is on, its price is the effective price.
   * const reply = await acme.price.read({ product: "product-1", currency: "EUR" });
   * // reply: {
   * //   outcome: "priced",
   * //   baseMinor: 1999,
   * //   effectiveMinor: 1499,
   * //   onSale: true,
   * //   sale: "xmas",
   * //   changesAtMs: Date.now() + 60_000,
   * // }
   * ```
   */
  readonly read: {
    (args: PriceReadArgs, options?: CallOptions): Promise<PriceReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly PriceReadArgs[], options?: CallOptions): Promise<ManyResult<PriceReadReply>[]>;
  };
}

/** The script `price.read`, as a client loads and calls it. */
export const priceRead: ManyScript<PriceReadArgs, PriceReadReply> = {
  name: "price.read",
  version: "1.0.0",
  digest: "d7cdc10fd49dd637f50c4d70950980dd30d0fb1c",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:price:<currency>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.price(scope, args.product, args.currency)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "priced":
        return {
          outcome,
          baseMinor: field.baseMinor.decode("baseMinor", fields[1]),
          effectiveMinor: field.effectiveMinor.decode("effectiveMinor", fields[2]),
          onSale: field.onSale.decode("onSale", fields[3]),
          sale: field.sale.decode("sale", fields[4]),
          changesAtMs: field.changesAtMs.decode("changesAtMs", fields[5]),
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
    width: 6,
    digest: "7c572181176bdbd5d65880ae1b8603d882994123",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:price:");
      types.currency.writeKeyPart(call, "currency", args.currency);
      call.endKey();
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["priced", "unknown"]),
  baseMinor: types.minorUnits,
  effectiveMinor: types.minorUnits,
  onSale: types.flag,
  sale: optional(types.sale),
  changesAtMs: optional(types.epochMs),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/price/read.lua": "6-10:4 19:50 20-31:50 39-52:63 53:76 54:76 55:76 56:76 57:76 58:76 59-67:76",
  "lua/lib/now_ms.lua": "35-38:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/price/read.lua:
-- The upper bound of the type minor_units.
local MAX_MINOR_UNITS = 1000000000000
-- The end of a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000
-- 50 sales make at most 99 lines.
local MAX_LINES = 99

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT price.read expected 1 key and 0 arguments" }
end

--- Reads the price of a product in one currency: the base price, the effective price, and the sale
--- that is on.
do
  local price = KEYS[1]
  local stored = redis.call("HMGET", price, "base", "calendar")
  local base, calendar = tonumber(stored[1]), stored[2]
  if not stored[1] then
    return "unknown"
  end
  if not base or base % 1 ~= 0 or base < 0 or base > MAX_MINOR_UNITS then
    error({ err = "CORRUPT base" })
  end
  if not calendar then
    return { "priced", base or false, base or false, 0 }
  end

  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  local position = 1
  -- at most 99 lines
  for _ = 1, MAX_LINES do
    local _, line_end, from, to, amount, sale = string.find(calendar, "^(%d+) (%d+) (%d+) (%C+)\\n", position)
    local starts_at, ends_at, sale_minor = tonumber(from), tonumber(to), tonumber(amount)
    if not line_end or starts_at >= ends_at or ends_at > NEVER_MS or sale_minor > MAX_MINOR_UNITS then
      error({ err = "CORRUPT calendar" })
    end
    if now < ends_at and sale_minor < base then
      if now < starts_at then
        return { "priced", base or false, base or false, 0, false, starts_at }
      end
      return {
        "priced",
        base or false,
        sale_minor or false,
        1,
        sale or false,
        ends_at < NEVER_MS and ends_at or nil,
      }
    end
    position = line_end + 1
    if position > #calendar then
      return { "priced", base or false, base or false, 0 }
    end
  end
  error({ err = "CORRUPT calendar" })
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/price/read.lua": "14-18:4 34:50 35-52:50 53-62:67 63:76 64:76 65:76 66:76 67-75:76",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/price/read.lua:
-- The upper bound of the type minor_units.
local MAX_MINOR_UNITS = 1000000000000
-- The end of a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000
-- 50 sales make at most 99 lines.
local MAX_LINES = 99

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 100 or #ARGV ~= 0 then
  return { err = "ARGUMENT price.read expected 1 to 100 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Reads the price of a product in one currency: the base price, the effective price, and the sale
  --- that is on.
  do
    local price = KEYS[wrapper_keys + 1]
    local stored = redis.call("HMGET", price, "base", "calendar")
    local base, calendar = tonumber(stored[1]), stored[2]
    if not stored[1] then
      return "unknown"
    end
    if not base or base % 1 ~= 0 or base < 0 or base > MAX_MINOR_UNITS then
      error({ err = "CORRUPT base" })
    end
    if not calendar then
      return "priced", base or false, base or false, 0
    end

    local now = now_ms()
    local position = 1
    -- at most 99 lines
    for _ = 1, MAX_LINES do
      local _, line_end, from, to, amount, sale =
        string.find(calendar, "^(%d+) (%d+) (%d+) (%C+)\\n", position)
      local starts_at, ends_at, sale_minor = tonumber(from), tonumber(to), tonumber(amount)
      if not line_end or starts_at >= ends_at or ends_at > NEVER_MS or sale_minor > MAX_MINOR_UNITS then
        error({ err = "CORRUPT calendar" })
      end
      if now < ends_at and sale_minor < base then
        if now < starts_at then
          return "priced", base or false, base or false, 0, false, starts_at
        end
        return "priced",
          base or false,
          sale_minor or false,
          1,
          sale or false,
          ends_at < NEVER_MS and ends_at or nil
      end
      position = line_end + 1
      if position > #calendar then
        return "priced", base or false, base or false, 0
      end
    end
    error({ err = "CORRUPT calendar" })
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
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
