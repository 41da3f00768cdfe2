#!lua flags=allow-oom
-- stock.release 0.1.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

local FIELD, OTHER = "total", "other"
local function ours(name)
	return name == FIELD or name == OTHER
end
local function release(stock, name)
	return ours(name) and redis.call("HDEL", stock, name) == 1
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.release " .. argument .. ": expected " .. expected
	})
end
local function edge_choice(argument, text, choices)
	if not choices[text] then
		edge_refuse(argument, "one of its choices")
	end
	return text
end
local function edge_reply_flag(value)
	if value == nil then
		return false
	end
	return value and 1 or 0
end
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.release expected 1 key and 1 argument")
end
local given_name = edge_choice("name", ARGV[1], {
	["total"] = true,
	["other"] = true
})
local reply_released = release(KEYS[1], given_name)
return {
	edge_reply_flag(reply_released)
}
