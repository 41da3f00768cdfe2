#!lua
-- stock.try 1.0.0. Generated from lua/stock/try.lua by moonpath-codegen. DO NOT EDIT.

local function try(stock, changes, quantity)
	redis.call("HSET", stock, "total", quantity)
	redis.pcall("ZADD", changes, quantity, "total")
	return "set"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.try " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.try expected 2 keys and 1 argument")
end
local given_quantity = edge_integer("quantity", ARGV[1], 0, 1000000)
local reply_outcome = try(KEYS[1], KEYS[2], given_quantity)
return {
	reply_outcome
}
