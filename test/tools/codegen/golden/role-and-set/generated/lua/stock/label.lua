#!lua
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

local function label(key, text)
	redis.call("SET", key, text)
	return "set"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.label " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.label expected 1 key and 1 argument")
end
local given_text = edge_text("text", ARGV[1], 0, 1024)
local reply_outcome = label(KEYS[1], given_text)
return {
	reply_outcome
}
