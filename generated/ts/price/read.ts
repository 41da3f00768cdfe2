// price.read 2.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.
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
   * Cost: O(C), C the changes of sales that have passed since the last event of a sale, at most 99.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/price/read.lua`, version 2.0.0.
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
  version: "2.0.0",
  digest: "68e1ab96ca4aa106eecc84beb653656a035bd3a5",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/now_ms.lua": {
    25: 4, 26: 5, 27: 6, 28: 7,
  },
  "lua/lib/stored_integer.lua": {
    32: 4, 36: 14, 37: 15, 38: 16, 39: 17, 40: 18, 41: 19, 42: 20, 43: 21, 44: 22, 45: 23,
  },
  "lua/price/read.lua": {
    49: 6, 51: 8, 53: 10, 62: 51, 63: 51, 64: 52, 65: 53, 66: 54, 67: 55, 68: 56, 69: 57, 70: 58, 71: 59,
    72: 60, 74: 62, 75: 63, 77: 65, 78: 66, 79: 67, 80: 68, 81: 69, 82: 70, 83: 71, 84: 72, 85: 73, 86: 74,
    87: 75, 88: 76, 89: 77, 90: 77, 91: 77, 92: 77, 93: 77, 94: 77, 95: 77, 96: 77, 97: 78, 98: 79, 99: 80,
    100: 81, 101: 82, 102: 83, 103: 84, 104: 85,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- price.read 2.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
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
  local base = stored_integer(stored[1], "base", 0, MAX_MINOR_UNITS)
  local calendar = stored[2]
  if not base then
    return "unknown"
  end
  if not calendar then
    return { "priced", base or false, base or false, 0 }
  end

  local now = now_ms()
  local position = 1
  -- at most 99 lines
  for _ = 1, MAX_LINES do
    local _, line_end, from, to, amount, sale = string.find(calendar, "^(%d+) (%d+) (%d+) (%C+)\\n", position)
    local starts_at = stored_integer(from, "calendar", 0, NEVER_MS)
    local ends_at = stored_integer(to, "calendar", 0, NEVER_MS)
    local sale_minor = stored_integer(amount, "calendar", 0, MAX_MINOR_UNITS)
    if not starts_at or not ends_at or not sale_minor then
      corrupt("calendar")
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
  corrupt("calendar")
end
`;
