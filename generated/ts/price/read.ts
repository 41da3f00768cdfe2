// price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `price.read`. */
export interface ReadArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** currency, 3 to 3 bytes; part of the key */
  readonly currency: string;
}

/**
 * Reply of `price.read`.
 *
 * unknown: the product has no base price in this currency.
 */
export type ReadReply =
  | {
      readonly outcome: "priced";
      /** minor units of the currency, 0 to 1000000000000 */
      readonly baseMinor: number;
      /** minor units of the currency, 0 to 1000000000000; the latest sale, held or not */
      readonly saleMinor: number | undefined;
      /** minor units of the currency, 0 to 1000000000000; the sale price while the sale holds, else the base price */
      readonly effectiveMinor: number;
      /** flag; the sale holds now */
      readonly onSale: boolean;
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000; when the sale starts or ends, if that is still to come */
      readonly changesAtMs: number | undefined;
    }
  | {
      readonly outcome: "unknown";
    };

const field = {
  outcome: choiceType(["priced", "unknown"]),
  baseMinor: types.minorUnits,
  saleMinor: optional(types.minorUnits),
  effectiveMinor: types.minorUnits,
  onSale: types.flag,
  changesAtMs: optional(types.epochMs),
};

/**
 * Reads what a product costs now, in one currency: base, sale and effective price.
 *
 * Whether a sale holds is decided by Redis's clock, so that every service shows the same price.
 *
 * @see lua/price/read.lua
 */
export const read: Script<ReadArgs, ReadReply> = {
  name: "price.read",
  version: "1.0.0",
  digest: "c7af5ef9c16f45819125b638527155b9edc702a6",
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
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/now_ms.lua": { 15: 4, 16: 5, 17: 6 },
    "lua/lib/stored_integer.lua": { 20: 4, 21: 13, 22: 14, 23: 15, 25: 17, 26: 18, 27: 19, 29: 21 },
    "lua/price/read.lua": { 32: 5, 33: 7, 34: 41, 35: 42, 36: 43, 37: 44, 38: 45, 39: 46, 40: 47, 41: 48, 43: 50, 44: 51, 46: 53, 47: 54, 49: 57, 50: 58, 51: 59, 52: 60, 53: 61, 54: 62, 55: 63, 57: 65, 59: 67 },
  },
  lua: `#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local MOST_EXACT = 9007199254740991
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

local MOST_MINOR = 1000000000000
local NEVER_MS = 8640000000000000
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

local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
local function edge_reply_flag(value)
	if value == nil then
		return false
	end
	return value and 1 or 0
end
if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT price.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_base_minor, reply_sale_minor, reply_effective_minor, reply_on_sale, reply_changes_at_ms = read(KEYS[1])
return {
	reply_outcome,
	edge_absent(reply_base_minor),
	edge_absent(reply_sale_minor),
	edge_absent(reply_effective_minor),
	edge_reply_flag(reply_on_sale),
	edge_absent(reply_changes_at_ms)
}
`,
};
