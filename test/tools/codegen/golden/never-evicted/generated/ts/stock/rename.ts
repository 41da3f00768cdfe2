// stock.rename 1.0.0. Generated from lua/stock/rename.lua by moonpath-codegen. DO NOT EDIT.
import { readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.rename`. */
export interface RenameArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** payload, 0 to 1024 bytes */
  readonly text: string;
}

/** Reply of `stock.rename`. */
export interface RenameReply {
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
  readonly changedMs: number;
}

const argument = {
  text: types.payload,
};

const field = {
  changedMs: types.epochMs,
};

/**
 * Gives a product another label, and notes when.
 *
 * @see lua/stock/rename.lua
 */
export const rename: Script<RenameArgs, RenameReply> = {
  name: "stock.rename",
  version: "1.0.0",
  digest: "0a76c7c6105dc95cfdd26d7b79c18cd624340351",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
    "<namespace>:{<tenant>:<product>}:changes",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.label(scope, args.product),
        keys.changes(scope, args.product),
      ],
      args: [argument.text.encode("text", args.text)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      changedMs: field.changedMs.decode("changedMs", fields[0]),
    };
  },
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/stock/rename.lua": { 9: 25, 10: 26, 11: 27, 12: 28, 13: 29, 14: 30 },
  },
  lua: `#!lua
-- stock.rename 1.0.0. Generated from lua/stock/rename.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function rename(label, changes, text)
	local now = now_ms()
	redis.call("ZCARD", changes)
	redis.call("SET", label, text)
	redis.call("ZADD", changes, now, "label")
	return now
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.rename " .. argument .. ": expected " .. expected
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
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.rename expected 2 keys and 1 argument")
end
local given_text = edge_text("text", ARGV[1], 0, 1024)
local reply_changed_ms = rename(KEYS[1], KEYS[2], given_text)
return {
	reply_changed_ms
}
`,
};
