#!lua
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
