// stock.set 1.0.0. Generated from lua/stock/set.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.set`. */
export interface SetArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 64 bytes */
  readonly shelf: string;
  /** units, 0 to 1000000; on the shelf now */
  readonly quantity: number;
}

/** Reply of `stock.set`. */
export type SetReply =
  | {
      readonly outcome: "set";
    };

const argument = {
  shelf: types.id,
  quantity: types.units,
};

const field = {
  outcome: choiceType(["set"]),
};

/**
 * Sets what lies on one shelf.
 *
 * @see lua/stock/set.lua
 */
export const set: Script<SetArgs, SetReply> = {
  name: "stock.set",
  version: "1.0.0",
  digest: "b6ed14ad092a5c503b035630c187e908e5616565",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [
        argument.shelf.encode("shelf", args.shelf),
        argument.quantity.encode("quantity", args.quantity),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/stock/set.lua": { 4: 23, 5: 24, 6: 25 },
  },
  lua: `#!lua flags=allow-oom
-- stock.set 1.0.0. Generated from lua/stock/set.lua by moonpath-codegen. DO NOT EDIT.

local function set(stock, shelf, quantity)
	redis.call("HSET", stock, shelf, quantity)
	return "set"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.set " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT stock.set expected 1 key and 2 arguments")
end
local given_shelf = edge_text("shelf", ARGV[1], 1, 64, "[%c{}]", "no control characters and no braces")
local given_quantity = edge_integer("quantity", ARGV[2], 0, 1000000)
local reply_outcome = set(KEYS[1], given_shelf, given_quantity)
return {
	reply_outcome
}
`,
};
