#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

local function note(label, text)
	if string.find(text, "`", 1, true) or string.find(text, "${", 1, true) or string.find(text, [[\${]], 1, true) then
		return "refused"
	end
	redis.call("SET", label, "Z\195\188rich \\ " .. text)
	return "noted", # text + 3
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
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.note expected 1 key and 1 argument")
end
local given_text = edge_text("text", ARGV[1], 0, 1024)
local reply_outcome, reply_bytes = note(KEYS[1], given_text)
return {
	reply_outcome,
	edge_absent(reply_bytes)
}
