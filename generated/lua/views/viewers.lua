#!lua flags=allow-oom
-- views.viewers 1.0.0. Generated from lua/views/viewers.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/views/viewers.lua:
--- Estimates how many different people viewed a product in a period.
local function viewers(viewers_key)
  return redis.call("PFCOUNT", viewers_key)
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT views.viewers expected 1 key and 0 arguments" }
end
local reply_viewers = viewers(KEYS[1])
return { reply_viewers }
