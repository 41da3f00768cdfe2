// stock.fill 1.0.0. Generated from lua/stock/fill.lua by moonpath-codegen. DO NOT EDIT.
import { listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.fill`. */
export interface FillArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** shelf_level[]; what lies on each shelf now */
  readonly levels: readonly types.ShelfLevel[];
  /** id[]; shelves to tell of */
  readonly asked: readonly string[];
}

/** Reply of `stock.fill`. */
export interface FillReply {
  /** shelf_level[]; the asked ones that have a level, before the change */
  readonly known: readonly types.ShelfLevel[];
  /** shelf_state[]; of all asked ones, before the change */
  readonly states: readonly types.ShelfState[];
  /** flag[]; whether each shelf was new */
  readonly set: readonly boolean[];
}

const argument = {
  levels: listType(types.shelfLevel, 1000),
  asked: listType(types.id, 1000),
};

const field = {
  known: listType(types.shelfLevel, 1000),
  states: listType(types.shelfState, 1000),
  set: listType(types.flag, 1000),
};

/**
 * Sets many shelves, and says what lies on others.
 *
 * @see lua/stock/fill.lua
 */
export const fill: Script<FillArgs, FillReply> = {
  name: "stock.fill",
  version: "1.0.0",
  digest: "09206e2b996caea3083b7c3cf9eca50b794b834d",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [
        ...argument.levels.encode("levels", args.levels),
        ...argument.asked.encode("asked", args.asked),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    return {
      known: field.known.decode("known", fields[0]),
      states: field.states.decode("states", fields[1]),
      set: field.set.decode("set", fields[2]),
    };
  },
  lines: {
    "lua/lib/corrupt.lua": { 4: 4, 5: 5, 6: 5 },
    "lua/lib/stored_units.lua": { 10: 8, 11: 9, 12: 10, 14: 12, 15: 13, 16: 14, 18: 16 },
    "lua/stock/fill.lua": { 21: 27, 22: 28, 23: 29, 24: 31, 25: 32, 26: 33, 27: 34, 28: 34, 29: 34, 32: 36, 33: 36, 34: 36, 37: 38, 38: 40, 39: 41, 41: 44, 42: 45, 44: 47 },
  },
  lua: `#!lua
-- stock.fill 1.0.0. Generated from lua/stock/fill.lua by moonpath-codegen. DO NOT EDIT.

local function corrupt(what)
	error({
		err = "CORRUPT " .. what
	})
end

local function stored_units(value, what)
	if not value then
		return nil
	end
	local number = string.find(value, "^%d+$") and tonumber(value)
	if not number or number > 1000000 then
		corrupt(what)
	end
	return number
end

local function fill(stock, levels, asked)
	local known = {}
	local states = {}
	for position, shelf in ipairs(asked) do
		local quantity = stored_units(redis.call("HGET", stock, shelf), "level")
		if quantity then
			known[# known + 1] = {
				shelf = shelf,
				quantity = quantity
			}
		end
		states[position] = {
			shelf = shelf,
			empty = (quantity or 0) == 0
		}
	end
	local set = {}
	for position, level in ipairs(levels) do
		set[position] = redis.call("HEXISTS", stock, level.shelf) == 0
	end
	for _, level in ipairs(levels) do
		redis.call("HSET", stock, level.shelf, level.quantity)
	end
	return known, states, set
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.fill " .. argument .. ": expected " .. expected
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
local function edge_flags(values)
	if values == nil then
		return false
	end
	local flags = {}
	for index, value in ipairs(values) do
		flags[index] = value and 1 or 0
	end
	return flags
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
local function edge_flagged_rows(records, fields)
	if records == nil then
		return false
	end
	local rows = {}
	for index, record in ipairs(records) do
		rows[index] = {}
		for position, field in ipairs(fields) do
			local value = record[field]
			if type(value) == "boolean" then
				value = value and 1 or 0
			end
			rows[index][position] = value
		end
	end
	return rows
end
if # KEYS ~= 1 then
	return redis.error_reply("ARGUMENT stock.fill expected 1 key")
end
local given_levels = edge_list("levels", function()
	return {
		shelf = edge_text("levels.shelf", edge_next(), 1, 64, "[%c{}]", "no control characters and no braces"),
		quantity = edge_integer("levels.quantity", edge_next(), 0, 1000000)
	}
end)
local given_asked = edge_list("asked", function()
	return edge_text("asked", edge_next(), 1, 64, "[%c{}]", "no control characters and no braces")
end)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT stock.fill expected as many arguments as its lists say")
end
local reply_known, reply_states, reply_set = fill(KEYS[1], given_levels, given_asked)
return {
	edge_rows(reply_known, {
		"shelf",
		"quantity"
	}),
	edge_flagged_rows(reply_states, {
		"shelf",
		"empty"
	}),
	edge_flags(reply_set)
}
`,
};
