#!lua
-- stock.adjust 1.1.1. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function misuse(expected)
	stop("ARGUMENT", expected, 2)
end

local function share_units(change, levels)
	table.sort(levels, function(one, other)
		if one.quantity == other.quantity then
			return one.warehouse < other.warehouse
		end
		return (one.quantity > other.quantity) == (change < 0)
	end)
	local moves = {}
	local left = change
	for position, level in ipairs(levels) do
		local move = left
		if change < 0 then
			move = - math.min(- left, math.max(level.quantity, 0))
		end
		moves[position] = move
		left = left - move
	end
	return moves, left
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

local MOST_UNITS = 1000000000000
local MOST_ANSWERED = 100 * MOST_UNITS
local function adjust(stock, answer, change, warehouse, backorder, low, remember_ms)
	local remembered = redis.call("GET", answer)
	if remembered then
		local outcome, total_then, available_then = string.match(remembered, "^(%a+) (-?%d+) ?(-?%d*)$")
		local total = stored_integer(total_then or "", "stock-operation", - MOST_ANSWERED, MOST_ANSWERED)
		local available = total
		if available_then ~= "" then
			available = stored_integer(available_then or "", "stock-operation", - 2 * MOST_ANSWERED, MOST_ANSWERED)
		end
		if outcome == "adjusted" then
			return "adjusted", true, total, stock_status(available, low), available
		elseif outcome == "refused" then
			return "refused", true, total, stock_status(available, low), available
		end
		corrupt("stock-operation")
	end
	local _, held = stock_held(stock)
	local levels = stock_levels(stock)
	local total = 0
	local sources = {}
	for _, level in ipairs(levels) do
		total = total + level.quantity
		if not warehouse or warehouse == level.warehouse then
			sources[# sources + 1] = level
		end
	end
	if # sources == 0 then
		return "unknown"
	end
	local moves, left = share_units(change, sources)
	local new_total = total + change
	if change < 0 and (left < 0 or new_total < held) and not backorder then
		redis.call("SET", answer, string.format("refused %.0f %.0f", total, total - held), "PX", remember_ms)
		return "refused", false, total, stock_status(total - held, low), total - held
	end
	moves[1] = moves[1] + left
	if math.abs(sources[1].quantity + moves[1]) > MOST_UNITS then
		misuse("stock.adjust change: the level of a warehouse stays from -10^12 to 10^12")
	end
	for position, source in ipairs(sources) do
		if moves[position] ~= 0 then
			redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
		end
	end
	redis.call("HSET", stock, "total", new_total)
	redis.call("SET", answer, string.format("adjusted %.0f %.0f", new_total, new_total - held), "PX", remember_ms)
	return "adjusted", false, new_total, stock_status(new_total - held, low), new_total - held
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.adjust " .. argument .. ": expected " .. expected
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
local function edge_flag(argument, text)
	if text ~= "1" and text ~= "0" then
		edge_refuse(argument, "1 or 0")
	end
	return text == "1"
end
local function edge_optional(text, read)
	if text == "" then
		return nil
	end
	return read(text)
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
local function edge_reply_flag(value)
	if value == nil then
		return false
	end
	return value and 1 or 0
end
if # KEYS ~= 2 or # ARGV ~= 5 then
	return redis.error_reply("ARGUMENT stock.adjust expected 2 keys and 5 arguments")
end
local given_change = edge_integer("change", ARGV[1], - 1000000000000, 1000000000000)
local given_warehouse = edge_optional(ARGV[2], function(text)
	return edge_text("warehouse", text, 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_backorder = edge_flag("backorder", ARGV[3])
local given_low = edge_integer("low", ARGV[4], 0, 1000000000000)
local given_remember_ms = edge_integer("remember_ms", ARGV[5], 1000, 31622400000)
local reply_outcome, reply_repeated, reply_total, reply_status, reply_available = adjust(KEYS[1], KEYS[2], given_change, given_warehouse, given_backorder, given_low, given_remember_ms)
return {
	reply_outcome,
	edge_reply_flag(reply_repeated),
	edge_absent(reply_total),
	edge_absent(reply_status),
	edge_absent(reply_available)
}
