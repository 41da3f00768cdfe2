#!lua flags=no-writes
-- clock.shift 1.0.0. Generated from lua/clock/shift.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function shift(ago)
	return now_ms() - ago
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT clock.shift " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
if # KEYS ~= 0 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT clock.shift expected 0 keys and 1 argument")
end
local given_ago = edge_integer("ago", ARGV[1], 0, 1000000)
local reply_then_ms = shift(given_ago)
return {
	reply_then_ms
}
