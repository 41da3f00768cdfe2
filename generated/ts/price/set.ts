// price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `price.set`. */
export interface SetArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** currency, 3 to 3 bytes; part of the key */
  readonly currency: string;
  /** price_kind */
  readonly kind: types.PriceKind;
  /** minor units of the currency, 0 to 1000000000000 */
  readonly amountMinor: number;
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000; of a sale: the first instant at which it holds; absent: it has always held */
  readonly startsAtMs?: number | undefined;
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000; of a sale: the first instant at which it no longer holds; absent: it holds for good */
  readonly endsAtMs?: number | undefined;
  /** sequence, 0 to 9007199254740991; the event's number in its kind; higher is later */
  readonly sequence: number;
}

/** Reply of `price.set`. */
export type SetReply =
  | {
      readonly outcome: "applied" | "repeated" | "stale";
    };

const argument = {
  kind: types.priceKind,
  amountMinor: types.minorUnits,
  startsAtMs: optional(types.epochMs),
  endsAtMs: optional(types.epochMs),
  sequence: types.sequence,
};

const field = {
  outcome: choiceType(["applied", "repeated", "stale"]),
};

/**
 * Sets a product's base or sale price in one currency.
 *
 * Each kind has its own stream of events. One already applied, or older than the latest of its kind, changes nothing. A sale is ended early by a later event whose window is over.
 *
 * @see lua/price/set.lua
 */
export const set: Script<SetArgs, SetReply> = {
  name: "price.set",
  version: "1.0.0",
  digest: "03901eb5ca08de4bbdb04361c7b439dba684c25f",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:price:<currency>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.price(scope, args.product, args.currency)],
      args: [
        argument.kind.encode("kind", args.kind),
        argument.amountMinor.encode("amountMinor", args.amountMinor),
        argument.startsAtMs.encode("startsAtMs", args.startsAtMs),
        argument.endsAtMs.encode("endsAtMs", args.endsAtMs),
        argument.sequence.encode("sequence", args.sequence),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/misuse.lua": { 11: 6, 12: 7 },
    "lua/lib/corrupt.lua": { 15: 7, 16: 8 },
    "lua/lib/stored_integer.lua": { 19: 4, 20: 13, 21: 14, 22: 15, 24: 17, 25: 18, 26: 19, 28: 21 },
    "lua/price/set.lua": { 31: 5, 32: 6, 33: 45, 34: 46, 35: 47, 37: 49, 38: 50, 40: 53, 41: 54, 42: 55, 43: 56, 45: 58, 46: 59, 48: 62, 49: 63, 50: 64, 52: 66 },
  },
  lua: `#!lua
-- price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function misuse(expected)
	stop("ARGUMENT", expected, 2)
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
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

local ALWAYS_MS = 0
local NEVER_MS = 8640000000000000
local function set(price, kind, amount_minor, starts_at_ms, ends_at_ms, sequence)
	if kind == "base" and (starts_at_ms or ends_at_ms) then
		misuse("price.set starts_at_ms, ends_at_ms: this kind of price has no window")
	end
	if starts_at_ms and ends_at_ms and ends_at_ms <= starts_at_ms then
		misuse("price.set ends_at_ms: a window ends after it starts")
	end
	local sequence_field = kind .. "_seq"
	local latest = stored_integer(redis.call("HGET", price, sequence_field), sequence_field)
	if latest and sequence == latest then
		return "repeated"
	end
	if latest and sequence < latest then
		return "stale"
	end
	redis.call("HSET", price, kind, amount_minor, sequence_field, sequence)
	if kind == "sale" then
		redis.call("HSET", price, "sale_starts", starts_at_ms or ALWAYS_MS, "sale_ends", ends_at_ms or NEVER_MS)
	end
	return "applied"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT price.set " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_choice(argument, text, choices)
	if not choices[text] then
		edge_refuse(argument, "one of its choices")
	end
	return text
end
local function edge_optional(text, read)
	if text == "" then
		return nil
	end
	return read(text)
end
if # KEYS ~= 1 or # ARGV ~= 5 then
	return redis.error_reply("ARGUMENT price.set expected 1 key and 5 arguments")
end
local given_kind = edge_choice("kind", ARGV[1], {
	["base"] = true,
	["sale"] = true
})
local given_amount_minor = edge_integer("amount_minor", ARGV[2], 0, 1000000000000)
local given_starts_at_ms = edge_optional(ARGV[3], function(text)
	return edge_integer("starts_at_ms", text, 0, 8640000000000000)
end)
local given_ends_at_ms = edge_optional(ARGV[4], function(text)
	return edge_integer("ends_at_ms", text, 0, 8640000000000000)
end)
local given_sequence = edge_integer("sequence", ARGV[5], 0, 9007199254740991)
local reply_outcome = set(KEYS[1], given_kind, given_amount_minor, given_starts_at_ms, given_ends_at_ms, given_sequence)
return {
	reply_outcome
}
`,
};
