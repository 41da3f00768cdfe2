#!lua flags=allow-oom
-- views.viewers 1.0.0. Generated from lua/views/viewers.lua by moonpath-codegen. DO NOT EDIT.

local function viewers(seen)
	return redis.call("PFCOUNT", seen)
end

if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT views.viewers expected 1 key and 0 arguments")
end
local reply_viewers = viewers(KEYS[1])
return {
	reply_viewers
}
