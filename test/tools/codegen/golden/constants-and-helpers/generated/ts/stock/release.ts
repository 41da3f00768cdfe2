// stock.release 0.1.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.release`. */
export interface ReleaseArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** `total`|`other` */
  readonly name: "total" | "other";
}

/** Reply of `stock.release`. */
export interface ReleaseReply {
  /** flag */
  readonly released: boolean;
}

const argument = {
  name: choiceType(["total", "other"]),
};

const field = {
  released: types.flag,
};

/**
 * Releases one of a product's totals.
 *
 * @see lua/stock/release.lua
 */
export const release: Script<ReleaseArgs, ReleaseReply> = {
  name: "stock.release",
  version: "0.1.0",
  digest: "e52783df5d1d2795a7c0d871164032fb35a8ac4e",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [argument.name.encode("name", args.name)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      released: field.released.decode("released", fields[0]),
    };
  },
  lines: {
    "lua/stock/release.lua": { 4: 1, 5: 4, 6: 5, 8: 27, 9: 28 },
  },
  lua: `#!lua flags=allow-oom
-- stock.release 0.1.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

local FIELD, OTHER = "total", "other"
local function ours(name)
	return name == FIELD or name == OTHER
end
local function release(stock, name)
	return ours(name) and redis.call("HDEL", stock, name) == 1
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.release " .. argument .. ": expected " .. expected
	})
end
local function edge_choice(argument, text, choices)
	if not choices[text] then
		edge_refuse(argument, "one of its choices")
	end
	return text
end
local function edge_reply_flag(value)
	if value == nil then
		return false
	end
	return value and 1 or 0
end
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.release expected 1 key and 1 argument")
end
local given_name = edge_choice("name", ARGV[1], {
	["total"] = true,
	["other"] = true
})
local reply_released = release(KEYS[1], given_name)
return {
	edge_reply_flag(reply_released)
}
`,
};
