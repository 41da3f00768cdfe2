// coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `coupon.redeem`. */
export interface RedeemArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly coupon: string;
  /** id, 1 to 256 bytes */
  readonly customer: string;
  /** uses, 0 to 1000000; by all customers together */
  readonly limit: number;
}

/**
 * Reply of `coupon.redeem`.
 *
 * spent: no use is left.
 */
export type RedeemReply =
  | {
      readonly outcome: "redeemed" | "repeated";
      /** uses, 0 to 1000000; for other customers */
      readonly left: number;
    }
  | {
      readonly outcome: "spent";
    };

const argument = {
  customer: types.id,
  limit: types.uses,
};

const field = {
  outcome: choiceType(["redeemed", "repeated", "spent"]),
  left: types.uses,
};

/**
 * Redeems a coupon for a customer, once, as long as uses are left.
 *
 * A customer who redeems it again takes no further use.
 *
 * @see lua/coupon/redeem.lua
 */
export const redeem: Script<RedeemArgs, RedeemReply> = {
  name: "coupon.redeem",
  version: "1.0.0",
  digest: "80a5b71acd4cb467e4b9b815fef60a836c9f403b",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<coupon>}:coupon",
  ],
  encode(scope, args) {
    return {
      keys: [keys.coupon(scope, args.coupon)],
      args: [
        argument.customer.encode("customer", args.customer),
        argument.limit.encode("limit", args.limit),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "redeemed":
      case "repeated":
        return {
          outcome,
          left: field.left.decode("left", fields[1]),
        };
      case "spent":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/coupon/redeem.lua": { 4: 27, 5: 28, 6: 29, 7: 30, 9: 32, 10: 33, 12: 35, 13: 36 },
  },
  lua: `#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.

local function redeem(coupon, customer, limit)
	local used = redis.call("SCARD", coupon)
	if redis.call("SISMEMBER", coupon, customer) == 1 then
		return "repeated", math.max(limit - used, 0)
	end
	if used >= limit then
		return "spent"
	end
	redis.call("SADD", coupon, customer)
	return "redeemed", limit - used - 1
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT coupon.redeem " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_text(argument, text, least, greatest, forbidden, expected)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, expected)
	end
	return text
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT coupon.redeem expected 1 key and 2 arguments")
end
local given_customer = edge_text("customer", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_limit = edge_integer("limit", ARGV[2], 0, 1000000)
local reply_outcome, reply_left = redeem(KEYS[1], given_customer, given_limit)
return {
	reply_outcome,
	edge_absent(reply_left)
}
`,
};
