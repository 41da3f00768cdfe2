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
       * The latest sale, active or not. Minor units of the currency, 0 to 1,000,000,000,000. It may
       * be absent.
       */
      readonly saleMinor: number | undefined;
      /**
       * The sale price while the sale is active, otherwise the base price. Minor units of the
       * currency, 0 to 1,000,000,000,000.
       */
      readonly effectiveMinor: number;
      /** The sale is active now. */
      readonly onSale: boolean;
      /**
       * When the sale starts or ends, if that is in the future. Milliseconds since 1970-01-01 UTC,
       * 0 to 8,640,000,000,000,000. It may be absent.
       */
      readonly changesAtMs: number | undefined;
    }
  | {
      /** `unknown`: the product has no base price in this currency. */
      readonly outcome: "unknown";
    };

/** The function of `price.read`. A tenant's `price` has it. */
export interface PriceReadOperation {
  /**
   * Reads the prices of a product in one currency: base, sale and effective price.
   *
   * Redis's clock decides whether a sale is active. So every service shows the same price.
   *
   * Outcomes:
   * - `priced`: the product has a base price.
   * - `unknown`: the product has no base price in this currency.
   *
   * Units: `baseMinor`, `saleMinor`, `effectiveMinor` in minor units of the currency; `changesAtMs`
   * in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(1).
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
   * // While a sale is active, its price is the effective price.
   * const reply = await acme.price.read({ product: "product-1", currency: "EUR" });
   * // reply: {
   * //   outcome: "priced",
   * //   baseMinor: 1999,
   * //   saleMinor: 1499,
   * //   effectiveMinor: 1499,
   * //   onSale: true,
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
  digest: "1504aadc1da208456d7ee426070d44f3912c9d98",
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
          saleMinor: field.saleMinor.decode("saleMinor", fields[2]),
          effectiveMinor: field.effectiveMinor.decode("effectiveMinor", fields[3]),
          onSale: field.onSale.decode("onSale", fields[4]),
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
  saleMinor: optional(types.minorUnits),
  effectiveMinor: types.minorUnits,
  onSale: types.flag,
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
    49: 6, 51: 8, 59: 51, 60: 51, 61: 52, 62: 53, 63: 54, 64: 55, 65: 56, 66: 57, 67: 58, 68: 59, 69: 60,
    70: 61, 71: 62, 72: 63, 73: 64, 74: 65, 76: 67, 77: 68, 78: 69, 79: 70, 80: 71, 81: 72, 82: 73, 83: 74,
    84: 75, 85: 76, 86: 77, 87: 78,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

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
-- price.set stores this end for a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT price.read expected 1 key and 0 arguments" }
end

--- Reads the prices of a product in one currency: base, sale and effective price.
do
  local price = KEYS[1]
  local stored = redis.call("HMGET", price, "base", "sale", "sale_starts", "sale_ends")
  local base = stored_integer(stored[1], "base", 0, MAX_MINOR_UNITS)
  local sale = stored_integer(stored[2], "sale", 0, MAX_MINOR_UNITS)
  local starts_at = stored_integer(stored[3], "sale_starts")
  local ends_at = stored_integer(stored[4], "sale_ends")
  if not base then
    return "unknown"
  end
  if not sale then
    return { "priced", base or false, false, base or false, 0 }
  end
  if not starts_at or not ends_at then
    corrupt("window of a sale")
  end

  local now = now_ms()
  if now < starts_at then
    return { "priced", base or false, sale or false, base or false, 0, starts_at }
  elseif now < ends_at then
    local changes_at = ends_at
    if ends_at == NEVER_MS then
      changes_at = nil
    end
    return { "priced", base or false, sale or false, sale or false, 1, changes_at }
  end
  return { "priced", base or false, sale or false, base or false, 0 }
end
`;
