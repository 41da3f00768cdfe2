#!lua flags=no-writes
-- stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.

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

local function look(stock, changes, shelf)
	local stored = redis.call("HMGET", stock, shelf, "after:" .. shelf)
	local quantity = stored_units(stored[1], "level")
	local next_shelf = stored[2] or nil
	local changed = redis.call("ZSCORE", changes, shelf)
	local changed_ms = changed and string.find(changed, "^%d+$") and tonumber(changed) or nil
	if not quantity then
		return "unknown", nil, nil, nil, nil, next_shelf
	end
	if quantity == 0 then
		return "empty", nil, nil, changed_ms, nil, next_shelf
	end
	if quantity == 1000000 then
		return "full", quantity, nil, changed_ms, changed_ms ~= nil, next_shelf
	end
	return "open", quantity, 1000000 - quantity, changed_ms, changed_ms ~= nil, next_shelf
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.look " .. argument .. ": expected " .. expected
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
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.look expected 2 keys and 1 argument")
end
local given_shelf = edge_text("shelf", ARGV[1], 1, 64, "[%c{}]", "no control characters and no braces")
local reply_outcome, reply_quantity, reply_room, reply_changed_ms, reply_watched, reply_next = look(KEYS[1], KEYS[2], given_shelf)
return {
	reply_outcome,
	edge_absent(reply_quantity),
	edge_absent(reply_room),
	edge_absent(reply_changed_ms),
	edge_reply_flag(reply_watched),
	edge_absent(reply_next)
}
