// delete.delete 1.0.0. Generated from lua/delete/delete.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `delete.delete`. */
export interface DeleteArgs {
  /** class, 1 to 8 bytes; part of the key */
  readonly class: string;
  /** id, 1 to 64 bytes; part of the key */
  readonly scope: string;
  /** package[] */
  readonly arguments: readonly types.Package[];
  /** new, -5 to 5 */
  readonly void: number;
}

/** Reply of `delete.delete`. */
export type DeleteReply =
  | {
      readonly outcome: "done";
      /** package[] */
      readonly yield: readonly types.Package[];
    }
  | {
      readonly outcome: "default";
    };

const argument = {
  arguments: listType(types.package, 1000),
  void: types.new,
};

const field = {
  outcome: choiceType(["done", "default"]),
  yield: listType(types.package, 1000),
};

/**
 * Deletes a class of things.
 *
 * @see lua/delete/delete.lua
 */
const delete_: Script<DeleteArgs, DeleteReply> = {
  name: "delete.delete",
  version: "1.0.0",
  digest: "457b4720c71d2aa2af42e8e5e500d3c8eda23a1b",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<class>}:import:<scope>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.import(scope, args.class, args.scope)],
      args: [
        ...argument.arguments.encode("arguments", args.arguments),
        argument.void.encode("void", args.void),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "done":
        return {
          outcome,
          yield: field.yield.decode("yield", fields[1]),
        };
      case "default":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/delete/delete.lua": { 4: 23, 5: 24, 6: 25, 8: 27 },
  },
  lua: `#!lua flags=allow-oom
-- delete.delete 1.0.0. Generated from lua/delete/delete.lua by moonpath-codegen. DO NOT EDIT.

local function delete(import, arguments, void)
	if redis.call("DEL", import) == 0 or void == 0 then
		return "default"
	end
	return "done", arguments
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT delete.delete " .. argument .. ": expected " .. expected
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
local function edge_choice(argument, text, choices)
	if not choices[text] then
		edge_refuse(argument, "one of its choices")
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
local function edge_rows(records, fields)
	if records == nil then
		return false
	end
	local rows = {}
	for index, record in ipairs(records) do
		rows[index] = {}
		for position, field in ipairs(fields) do
			rows[index][position] = record[field]
		end
	end
	return rows
end
if # KEYS ~= 1 then
	return redis.error_reply("ARGUMENT delete.delete expected 1 key")
end
local given_arguments = edge_list("arguments", function()
	return {
		class = edge_text("arguments.class", edge_next(), 1, 8, "[^A-Z]", "letters A to Z"),
		new = edge_integer("arguments.new", edge_next(), - 5, 5),
		default = edge_choice("arguments.default", edge_next(), {
			["yes"] = true,
			["no"] = true,
			["default"] = true
		})
	}
end)
local given_void = edge_integer("void", edge_next(), - 5, 5)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT delete.delete expected as many arguments as its lists say")
end
local reply_outcome, reply_yield = delete(KEYS[1], given_arguments, given_void)
return {
	reply_outcome,
	edge_rows(reply_yield, {
		"class",
		"new",
		"default"
	})
}
`,
};
export { delete_ as delete };
