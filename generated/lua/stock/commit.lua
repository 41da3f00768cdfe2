#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

local MOST_UNITS = 1000000000000
local STATES = {
	held = true,
	committed = true,
	released = true,
	expired = true
}
local function stored_reservation(value)
	if not value then
		return nil, nil
	end
	local state, digits = string.match(value, "^(%a+) (%d+)$")
	if not state or not STATES[state] then
		corrupt("reservation", 2)
	end
	return state, stored_integer(digits, "units of a reservation", 1, MOST_UNITS)
end

local function commit(stock, reservations, ends, reservation, warehouse, remember_ms)
	local now = now_ms()
	local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
	local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
	local total, held = stock_held(stock)
	if not state or not units then
		return "unknown"
	elseif not ends_at then
		corrupt("reservation without an end")
	elseif state == "committed" then
		return "already_committed"
	elseif state == "released" then
		return "released"
	elseif state == "expired" or now >= ends_at then
		return "expired"
	end
	if not total or held < units then
		corrupt("held")
	end
	local sources = {}
	for _, level in ipairs(stock_levels(stock)) do
		if not warehouse or warehouse == level.warehouse then
			sources[# sources + 1] = level
		end
	end
	local moves, left = share_units(- units, sources)
	if left < 0 then
		return "short"
	end
	for position, source in ipairs(sources) do
		if moves[position] ~= 0 then
			redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
		end
	end
	redis.call("HSET", stock, "total", total - units, "held", held - units)
	redis.call("HSET", reservations, reservation, string.format("committed %.0f", units))
	redis.call("ZADD", ends, now + remember_ms, reservation)
	return "committed", total - units, total - held
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.commit " .. argument .. ": expected " .. expected
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
if # KEYS ~= 3 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT stock.commit expected 3 keys and 3 arguments")
end
local given_reservation = edge_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_warehouse = edge_optional(ARGV[2], function(text)
	return edge_text("warehouse", text, 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_remember_ms = edge_integer("remember_ms", ARGV[3], 1000, 31622400000)
local reply_outcome, reply_total, reply_available = commit(KEYS[1], KEYS[2], KEYS[3], given_reservation, given_warehouse, given_remember_ms)
return {
	reply_outcome,
	edge_absent(reply_total),
	edge_absent(reply_available)
}
