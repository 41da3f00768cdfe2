// views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.visit`. */
export interface VisitArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 256 bytes; part of the key */
  readonly period: string;
  /** id[]; who viewed it */
  readonly viewers: readonly string[];
  /** milliseconds, 1000 to 31622400000; how long the period is known after its last viewer */
  readonly rememberMs: number;
}

/** Reply of `views.visit`. */
export type VisitReply =
  | {
      readonly outcome: "noted";
    };

const argument = {
  viewers: listType(types.id, 1000),
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["noted"]),
};

/**
 * Notes that people viewed a product in a period, such as a day, each once however often they come.
 *
 * @see lua/views/visit.lua
 */
export const visit: Script<VisitArgs, VisitReply> = {
  name: "views.visit",
  version: "1.0.0",
  digest: "560227c5a80db60dc4063aef5137cd13841a5d54",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:viewers:<period>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.viewers(scope, args.product, args.period)],
      args: [
        ...argument.viewers.encode("viewers", args.viewers),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/views/visit.lua": { 4: 24, 5: 26, 6: 27, 7: 28 },
  },
  lua: `#!lua
-- views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.

local function visit(seen, viewers, remember_ms)
	redis.call("PFADD", seen, unpack(viewers))
	redis.call("PEXPIRE", seen, remember_ms)
	return "noted"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT views.visit " .. argument .. ": expected " .. expected
	})
end
local edge_position = 0
local function edge_next()
	edge_position = edge_position + 1
	return ARGV[edge_position] or ""
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
local function edge_list(argument, read)
	local list = {}
	for position = 1, edge_integer(argument, edge_next(), 0, 1000) do
		list[position] = read()
	end
	return list
end
if # KEYS ~= 1 then
	return redis.error_reply("ARGUMENT views.visit expected 1 key")
end
local given_viewers = edge_list("viewers", function()
	return edge_text("viewers", edge_next(), 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_remember_ms = edge_integer("remember_ms", edge_next(), 1000, 31622400000)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT views.visit expected as many arguments as its lists say")
end
local reply_outcome = visit(KEYS[1], given_viewers, given_remember_ms)
return {
	reply_outcome
}
`,
};
