// stock.try 1.0.0. Generated from lua/stock/try.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.try`. */
export interface TryArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** units, 0 to 1000000 */
  readonly quantity: number;
}

/** Reply of `stock.try`. */
export type TryReply =
  | {
      readonly outcome: "set";
    };

const argument = {
  quantity: types.units,
};

const field = {
  outcome: choiceType(["set"]),
};

/**
 * Notes a change, and goes on where that fails.
 *
 * @see lua/stock/try.lua
 */
const try_: Script<TryArgs, TryReply> = {
  name: "stock.try",
  version: "1.0.0",
  digest: "d2584b71a397aec46cba1e9095a259e5c1cbb316",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:changes",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.changes(scope, args.product),
      ],
      args: [argument.quantity.encode("quantity", args.quantity)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/stock/try.lua": { 4: 22, 5: 23, 6: 25, 7: 26 },
  },
  lua: `#!lua
-- stock.try 1.0.0. Generated from lua/stock/try.lua by moonpath-codegen. DO NOT EDIT.

local function try(stock, changes, quantity)
	redis.call("HSET", stock, "total", quantity)
	redis.pcall("ZADD", changes, quantity, "total")
	return "set"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.try " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.try expected 2 keys and 1 argument")
end
local given_quantity = edge_integer("quantity", ARGV[1], 0, 1000000)
local reply_outcome = try(KEYS[1], KEYS[2], given_quantity)
return {
	reply_outcome
}
`,
};
export { try_ as try };
