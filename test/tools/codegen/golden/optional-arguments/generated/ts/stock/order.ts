// stock.order 1.0.0. Generated from lua/stock/order.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.order`. */
export interface OrderArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** operation, 1 to 64 bytes; part of the key; the client makes one if there is none */
  readonly operation?: string | undefined;
  /** units, 0 to 1000000 */
  readonly quantity: number;
  /** id, 1 to 64 bytes; any shelf where there is none */
  readonly shelf?: string | undefined;
  /** units, 0 to 1000000; the whole quantity where there is none */
  readonly atLeast?: number | undefined;
  /** packing */
  readonly packing?: types.Packing | undefined;
  /** `slow`|`fast` */
  readonly speed?: "slow" | "fast" | undefined;
  /** flag */
  readonly gift: boolean;
}

/** Reply of `stock.order`. */
export type OrderReply =
  | {
      readonly outcome: "noted" | "repeated";
    };

const argument = {
  quantity: types.units,
  shelf: optional(types.id),
  atLeast: optional(types.units),
  packing: optional(types.packing),
  speed: optional(choiceType(["slow", "fast"])),
  gift: types.flag,
};

const field = {
  outcome: choiceType(["noted", "repeated"]),
};

/**
 * Notes an order, once for each operation.
 *
 * @see lua/stock/order.lua
 */
export const order: Script<OrderArgs, OrderReply> = {
  name: "stock.order",
  version: "1.0.0",
  digest: "31f5897b0eafc5c6e91645bd8ce212c9b151c247",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:order:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [keys.order(scope, args.product, operation)],
      args: [
        argument.quantity.encode("quantity", args.quantity),
        argument.shelf.encode("shelf", args.shelf),
        argument.atLeast.encode("atLeast", args.atLeast),
        argument.packing.encode("packing", args.packing),
        argument.speed.encode("speed", args.speed),
        argument.gift.encode("gift", args.gift),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/stock/order.lua": { 4: 28, 5: 29, 6: 30, 8: 32, 9: 33, 10: 34 },
  },
  lua: `#!lua
-- stock.order 1.0.0. Generated from lua/stock/order.lua by moonpath-codegen. DO NOT EDIT.

local function order(order, quantity, shelf, at_least, packing, speed, gift)
	if redis.call("HLEN", order) > 0 then
		return "repeated"
	end
	redis.call("HSET", order, "quantity", quantity, "shelf", shelf or "-", "at_least", at_least or quantity)
	redis.call("HSET", order, "packing", packing or "box", "speed", speed or "slow", "gift", gift and 1 or 0)
	return "noted"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.order " .. argument .. ": expected " .. expected
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
local function edge_flag(argument, text)
	if text ~= "1" and text ~= "0" then
		edge_refuse(argument, "1 or 0")
	end
	return text == "1"
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
if # KEYS ~= 1 or # ARGV ~= 6 then
	return redis.error_reply("ARGUMENT stock.order expected 1 key and 6 arguments")
end
local given_quantity = edge_integer("quantity", ARGV[1], 0, 1000000)
local given_shelf = edge_optional(ARGV[2], function(text)
	return edge_text("shelf", text, 1, 64, "[%c{}]", "no control characters and no braces")
end)
local given_at_least = edge_optional(ARGV[3], function(text)
	return edge_integer("at_least", text, 0, 1000000)
end)
local given_packing = edge_optional(ARGV[4], function(text)
	return edge_choice("packing", text, {
		["box"] = true,
		["bag"] = true
	})
end)
local given_speed = edge_optional(ARGV[5], function(text)
	return edge_choice("speed", text, {
		["slow"] = true,
		["fast"] = true
	})
end)
local given_gift = edge_flag("gift", ARGV[6])
local reply_outcome = order(KEYS[1], given_quantity, given_shelf, given_at_least, given_packing, given_speed, given_gift)
return {
	reply_outcome
}
`,
};
