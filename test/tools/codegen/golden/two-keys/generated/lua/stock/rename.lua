#!lua
-- stock.rename 1.0.0. Generated from lua/stock/rename.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function rename(label, changes, text)
	local now = now_ms()
	redis.call("ZCARD", changes)
	redis.call("SET", label, text)
	redis.call("ZADD", changes, now, "label")
	return now
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.rename " .. argument .. ": expected " .. expected
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
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.rename expected 2 keys and 1 argument")
end
local given_text = edge_text("text", ARGV[1], 0, 1024)
local reply_changed_ms = rename(KEYS[1], KEYS[2], given_text)
return {
	reply_changed_ms
}
