#!lua flags=no-writes
-- stock.read 2.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

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

local function read(stock, shelf)
	local total = stored_units(redis.call("HGET", stock, shelf), "total")
	if not total then
		return "unknown"
	end
	return "known", total
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.read " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.read expected 1 key and 1 argument")
end
local given_shelf = edge_text("shelf", ARGV[1], 1, 64, "[%c{}]", "no control characters and no braces")
local reply_outcome, reply_total = read(KEYS[1], given_shelf)
return {
	reply_outcome,
	edge_absent(reply_total)
}
