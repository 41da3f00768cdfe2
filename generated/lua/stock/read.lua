#!lua flags=no-writes
-- stock.read 1.1.1. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

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

local MOST_TOTAL = 100000000000000
local function stock_held(stock)
	local stored = redis.call("HMGET", stock, "total", "held")
	local total = stored_integer(stored[1], "total", - MOST_TOTAL, MOST_TOTAL)
	local held = stored_integer(stored[2], "held", 0, MOST_TOTAL)
	if held and not total then
		corrupt("total", 2)
	end
	return total, held or 0
end

local MOST_LEVEL = 1000000000000
local MOST_WAREHOUSES = 100
local MOST_FIELDS = 202
local function stock_levels(stock)
	if redis.call("HLEN", stock) > MOST_FIELDS then
		corrupt("stock of more than 100 warehouses", 2)
	end
	local fields = redis.call("HGETALL", stock)
	local levels = {}
	for position = 1, # fields, 2 do
		local warehouse = string.match(fields[position], "^level:(.+)$")
		if warehouse then
			levels[# levels + 1] = {
				warehouse = warehouse,
				quantity = stored_integer(fields[position + 1], "level of a warehouse", - MOST_LEVEL, MOST_LEVEL),
			}
		end
	end
	if # levels > MOST_WAREHOUSES then
		corrupt("stock of more than 100 warehouses", 2)
	end
	table.sort(levels, function(one, other)
		return one.warehouse < other.warehouse
	end)
	return levels
end

local function stock_status(total, low)
	if total <= 0 then
		return "out_of_stock"
	end
	if total <= low then
		return "low_stock"
	end
	return "in_stock"
end

local function read(stock, low)
	local _, held = stock_held(stock)
	local levels = stock_levels(stock)
	if # levels == 0 then
		return "unknown"
	end
	local total = 0
	for _, level in ipairs(levels) do
		total = total + level.quantity
	end
	return "known", total, stock_status(total - held, low), levels, total - held
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.read " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
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
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.read expected 1 key and 1 argument")
end
local given_low = edge_integer("low", ARGV[1], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_levels, reply_available = read(KEYS[1], given_low)
return {
	reply_outcome,
	edge_absent(reply_total),
	edge_absent(reply_status),
	edge_rows(reply_levels, {
		"warehouse",
		"quantity"
	}),
	edge_absent(reply_available)
}
