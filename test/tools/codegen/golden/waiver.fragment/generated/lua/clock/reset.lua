#!lua flags=allow-oom
-- clock.reset 1.0.0. Generated from lua/clock/reset.lua by moonpath-codegen. DO NOT EDIT.

local function forget_list()
	redis.call("DEL", "golden:labels")
end

local function reset()
	forget_list()
	return "forgotten"
end

if # KEYS ~= 0 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT clock.reset expected 0 keys and 0 arguments")
end
local reply_outcome = reset()
return {
	reply_outcome
}
