#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

local function note(label, changes, text)
	redis.call("SET", label, text)
	local length = redis.call("STRLEN", label)
	redis.call("ZADD", changes, length, "length")
	redis.call("PUBLISH", "golden:news", text)
	for _ in string.gmatch(text, ".") do
		length = math.max(length, 0)
	end
	return "noted", length * 2 * 0.5
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.note " .. argument .. ": expected " .. expected
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
	return redis.error_reply("ARGUMENT stock.note expected 2 keys and 1 argument")
end
local given_text = edge_text("text", ARGV[1], 0, 1024)
local reply_outcome, reply_length = note(KEYS[1], KEYS[2], given_text)
return {
	reply_outcome,
	reply_length
}
