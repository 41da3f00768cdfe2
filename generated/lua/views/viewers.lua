#!lua flags=allow-oom
-- views.viewers 1.0.0. Generated from lua/views/viewers.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT views.viewers expected 1 key and 0 arguments" }
end

-- From lua/views/viewers.lua:
--- Estimates how many different people viewed a product in a period.
do
  local viewers_key = KEYS[1]
  return redis.call("PFCOUNT", viewers_key)
end
