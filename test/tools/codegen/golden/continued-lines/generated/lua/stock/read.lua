#!lua flags=no-writes
-- stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

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

local function read(stock)
	local total = stored_units(redis.call("HGET", stock, "total"), "total")
	if not total then
		return "unknown"
	end
	return "known", total
end

local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT stock.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_total = read(KEYS[1])
return {
	reply_outcome,
	edge_absent(reply_total)
}
