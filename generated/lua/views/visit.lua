#!lua
-- views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.

local function visit(seen, viewers, remember_ms)
	redis.call("PFADD", seen, unpack(viewers))
	redis.call("PEXPIRE", seen, remember_ms)
	return "noted"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT views.visit " .. argument .. ": expected " .. expected
	})
end
local edge_position = 0
local function edge_next()
	edge_position = edge_position + 1
	return ARGV[edge_position] or ""
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
local function edge_list(argument, read)
	local list = {}
	for position = 1, edge_integer(argument, edge_next(), 0, 1000) do
		list[position] = read()
	end
	return list
end
if # KEYS ~= 1 then
	return redis.error_reply("ARGUMENT views.visit expected 1 key")
end
local given_viewers = edge_list("viewers", function()
	return edge_text("viewers", edge_next(), 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_remember_ms = edge_integer("remember_ms", edge_next(), 1000, 31622400000)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT views.visit expected as many arguments as its lists say")
end
local reply_outcome = visit(KEYS[1], given_viewers, given_remember_ms)
return {
	reply_outcome
}
