// price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
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
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
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
  read(args: PriceReadArgs, options?: CallOptions): Promise<PriceReadReply>;
}

/** The script `price.read`, as a client loads and calls it. */
export const priceRead: Script<PriceReadArgs, PriceReadReply> = {
  name: "price.read",
  version: "1.0.0",
  digest: "8cd7c326c91cb502103987b6e4baac267ddf893b",
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

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/price/read.lua": {
    13: 4, 15: 6, 17: 8, 26: 49, 27: 49, 28: 50, 29: 51, 30: 52, 31: 53, 32: 54, 33: 55, 34: 56, 35: 57,
    36: 58, 37: 59, 38: 60, 40: 62, 41: 63, 43: 65, 44: 66, 45: 67, 46: 68, 47: 69, 48: 70, 49: 71, 50: 72,
    51: 73, 52: 74, 53: 75, 54: 75, 55: 75, 56: 75, 57: 75, 58: 75, 59: 75, 60: 75, 61: 76, 62: 77, 63: 78,
    64: 79, 65: 80, 66: 81, 67: 82, 68: 83,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

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
