#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local MOST_EXACT = 9007199254740991
local function stored_integer(value, what, least, greatest)
	if not value then
		return nil
	end
	local number = string.find(value, "^-?%d+$") and tonumber(value)
	if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
		corrupt(what, 2)
	end
	return number
end

local function list_dead(attempts, dead_items, reasons, limit)
	local found = redis.call("ZRANGE", dead_items, 0, limit - 1, "WITHSCORES")
	local items = {}
	for position = 1, # found, 2 do
		local name = found[position]
		items[# items + 1] = {
			item = name,
			attempts = stored_integer(redis.call("HGET", attempts, name), "attempts", 1) or 1,
			reason = redis.call("HGET", reasons, name) or "unknown",
			dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
		}
	end
	return items
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.list_dead " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
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
if # KEYS ~= 3 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT expiry.list_dead expected 3 keys and 1 argument")
end
local given_limit = edge_integer("limit", ARGV[1], 1, 1000)
local reply_items = list_dead(KEYS[1], KEYS[2], KEYS[3], given_limit)
return {
	edge_rows(reply_items, {
		"item",
		"attempts",
		"reason",
		"dead_since_ms"
	})
}
