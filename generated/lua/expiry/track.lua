#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath. DO NOT EDIT.

local function track(due, processing, item, due_ms)
	if redis.call("ZSCORE", processing, item) then
		return "claimed"
	end
	redis.call("ZADD", due, due_ms, item)
	return "tracked"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.track " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_text(argument, text, least, greatest, forbidden)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, "no character of " .. forbidden)
	end
	return text
end
if # KEYS ~= 2 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT expiry.track expected 2 keys and 2 arguments")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]")
local given_due_ms = edge_integer("due_ms", ARGV[2], 0, 8640000000000000)
local reply_outcome = track(KEYS[1], KEYS[2], given_item, given_due_ms)
return {
	reply_outcome
}
