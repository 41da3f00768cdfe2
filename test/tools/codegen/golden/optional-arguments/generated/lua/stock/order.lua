#!lua
-- stock.order 1.0.0. Generated from lua/stock/order.lua by moonpath-codegen. DO NOT EDIT.

local function order(order, quantity, shelf, at_least, packing, speed, gift)
	if redis.call("HLEN", order) > 0 then
		return "repeated"
	end
	redis.call("HSET", order, "quantity", quantity, "shelf", shelf or "-", "at_least", at_least or quantity)
	redis.call("HSET", order, "packing", packing or "box", "speed", speed or "slow", "gift", gift and 1 or 0)
	return "noted"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.order " .. argument .. ": expected " .. expected
	})
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
local function edge_flag(argument, text)
	if text ~= "1" and text ~= "0" then
		edge_refuse(argument, "1 or 0")
	end
	return text == "1"
end
local function edge_choice(argument, text, choices)
	if not choices[text] then
		edge_refuse(argument, "one of its choices")
	end
	return text
end
local function edge_optional(text, read)
	if text == "" then
		return nil
	end
	return read(text)
end
if # KEYS ~= 1 or # ARGV ~= 6 then
	return redis.error_reply("ARGUMENT stock.order expected 1 key and 6 arguments")
end
local given_quantity = edge_integer("quantity", ARGV[1], 0, 1000000)
local given_shelf = edge_optional(ARGV[2], function(text)
	return edge_text("shelf", text, 1, 64, "[%c{}]", "no control characters and no braces")
end)
local given_at_least = edge_optional(ARGV[3], function(text)
	return edge_integer("at_least", text, 0, 1000000)
end)
local given_packing = edge_optional(ARGV[4], function(text)
	return edge_choice("packing", text, {
		["box"] = true,
		["bag"] = true
	})
end)
local given_speed = edge_optional(ARGV[5], function(text)
	return edge_choice("speed", text, {
		["slow"] = true,
		["fast"] = true
	})
end)
local given_gift = edge_flag("gift", ARGV[6])
local reply_outcome = order(KEYS[1], given_quantity, given_shelf, given_at_least, given_packing, given_speed, given_gift)
return {
	reply_outcome
}
