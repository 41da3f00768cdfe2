#!lua flags=allow-oom
-- stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.

local function forget(label)
	redis.call("DEL", label)
	return "forgotten"
end

if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT stock.forget expected 1 key and 0 arguments")
end
local reply_outcome = forget(KEYS[1])
return {
	reply_outcome
}
