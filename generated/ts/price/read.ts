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
      /** `priced` */
      readonly outcome: "priced";
      /**
       * Money in the currency's smallest unit: pence, cents, yen. Minor units of the currency, 0 to
       * 1,000,000,000,000.
       */
      readonly baseMinor: number;
      /**
       * The latest sale, held or not. Minor units of the currency, 0 to 1,000,000,000,000. It may
       * be absent.
       */
      readonly saleMinor: number | undefined;
      /**
       * The sale price while the sale holds, else the base price. Minor units of the currency, 0 to
       * 1,000,000,000,000.
       */
      readonly effectiveMinor: number;
      /** The sale holds now. */
      readonly onSale: boolean;
      /**
       * When the sale starts or ends, if that is still to come. Milliseconds since 1970-01-01 UTC,
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
   * Reads what a product costs now, in one currency: base, sale and effective price.
   *
   * Whether a sale holds is decided by Redis's clock, so that every service shows the same price.
   *
   * Outcomes:
   * - `priced`
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
   * // While a sale holds, its price is the effective one.
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
  digest: "06b421142ca83c75d150d13366d2d48beb418432",
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
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/now_ms.lua": {
    21: 4, 22: 5, 23: 6, 24: 7,
  },
  "lua/lib/stored_integer.lua": {
    28: 4, 31: 13, 32: 14, 33: 15, 34: 16, 35: 17, 36: 18, 37: 19, 38: 20, 39: 21, 40: 22,
  },
  "lua/price/read.lua": {
    43: 5, 45: 7, 48: 41, 49: 42, 50: 43, 51: 44, 52: 45, 53: 46, 54: 47, 55: 48, 56: 49, 57: 50, 58: 51,
    59: 52, 60: 53, 61: 54, 62: 55, 64: 57, 65: 58, 66: 59, 67: 60, 68: 61, 69: 62, 70: 63, 71: 64, 72: 65,
    73: 66, 74: 67, 75: 68,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/price/read.lua:
local MOST_MINOR = 1000000000000
-- A sale without an end; see price.set.
local NEVER_MS = 8640000000000000

--- Reads what a product costs now, in one currency: base, sale and effective price.
local function read(price)
  local stored = redis.call("HMGET", price, "base", "sale", "sale_starts", "sale_ends")
  local base = stored_integer(stored[1], "base", 0, MOST_MINOR)
  local sale = stored_integer(stored[2], "sale", 0, MOST_MINOR)
  local starts = stored_integer(stored[3], "sale_starts")
  local ends = stored_integer(stored[4], "sale_ends")
  if not base then
    return "unknown"
  end
  if not sale then
    return "priced", base, nil, base, false, nil
  end
  if not starts or not ends then
    corrupt("window of a sale")
  end

  local now = now_ms()
  if now < starts then
    return "priced", base, sale, base, false, starts
  elseif now < ends then
    local changes_at = ends
    if ends == NEVER_MS then
      changes_at = nil
    end
    return "priced", base, sale, sale, true, changes_at
  end
  return "priced", base, sale, base, false, nil
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end

if #KEYS ~= 1 or #ARGV ~= 0 then
  return redis.error_reply("ARGUMENT price.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_base_minor, reply_sale_minor, reply_effective_minor, reply_on_sale, reply_changes_at_ms =
  read(KEYS[1])
return {
  reply_outcome,
  wrapper_encode_optional(reply_base_minor),
  wrapper_encode_optional(reply_sale_minor),
  wrapper_encode_optional(reply_effective_minor),
  wrapper_encode_flag(reply_on_sale),
  wrapper_encode_optional(reply_changes_at_ms),
}
`;
