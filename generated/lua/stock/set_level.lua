#!lua
-- stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

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

local function stock_status(total, low)
	if total <= 0 then
		return "out_of_stock"
	end
	if total <= low then
		return "low_stock"
	end
	return "in_stock"
end

local MOST_WAREHOUSES = 100
local MOST_UNITS = 1000000000000
local function set_level(stock, warehouse, quantity, sequence, low)
	local level_field = "level:" .. warehouse
	local sequence_field = "seq:" .. warehouse
	local total, held = stock_held(stock)
	local stored = redis.call("HMGET", stock, level_field, sequence_field)
	local level = stored_integer(stored[1], "level of a warehouse", - MOST_UNITS, MOST_UNITS)
	local latest = stored_integer(stored[2], "sequence of a warehouse")
	if not total and redis.call("HLEN", stock) > 0 then
		corrupt("total")
	end
	total = total or 0
	if latest and sequence == latest then
		return "repeated", total, stock_status(total - held, low), total - held
	end
	if latest and sequence < latest then
		return "stale", total, stock_status(total - held, low), total - held
	end
	if not level and redis.call("HLEN", stock) >= 2 * MOST_WAREHOUSES + redis.call("HEXISTS", stock, "held") then
		return "full"
	end
	local new_total = total - (level or 0) + quantity
	redis.call("HSET", stock, "total", new_total, level_field, quantity, sequence_field, sequence)
	return "applied", new_total, stock_status(new_total - held, low), new_total - held
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.set_level " .. argument .. ": expected " .. expected
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
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 4 then
	return redis.error_reply("ARGUMENT stock.set_level expected 1 key and 4 arguments")
end
local given_warehouse = edge_text("warehouse", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_quantity = edge_integer("quantity", ARGV[2], 0, 1000000000000)
local given_sequence = edge_integer("sequence", ARGV[3], 0, 9007199254740991)
local given_low = edge_integer("low", ARGV[4], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_available = set_level(KEYS[1], given_warehouse, given_quantity, given_sequence, given_low)
return {
	reply_outcome,
	edge_absent(reply_total),
	edge_absent(reply_status),
	edge_absent(reply_available)
}
