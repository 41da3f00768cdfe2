// stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.label`. */
export interface LabelArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** payload, 0 to 1024 bytes */
  readonly text: string;
}

/** Reply of `stock.label`. */
export type LabelReply =
  | {
      readonly outcome: "set";
    };

const argument = {
  text: types.payload,
};

const field = {
  outcome: choiceType(["set"]),
};

/**
 * Sets what a shop says of a product.
 *
 * @see lua/stock/label.lua
 */
export const label: Script<LabelArgs, LabelReply> = {
  name: "stock.label",
  version: "1.0.0",
  digest: "1eb02e193a62a4ac45c19566031a575d006b01c3",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
  ],
  encode(scope, args) {
    return {
      keys: [keys.label(scope, args.product)],
      args: [argument.text.encode("text", args.text)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/stock/label.lua": { 4: 18, 5: 19, 6: 20 },
  },
  lua: `#!lua
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

local function label(key, text)
	redis.call("SET", key, text)
	return "set"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.label " .. argument .. ": expected " .. expected
	})
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
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.label expected 1 key and 1 argument")
end
local given_text = edge_text("text", ARGV[1], 0, 1024)
local reply_outcome = label(KEYS[1], given_text)
return {
	reply_outcome
}
`,
};
