#!lua flags=allow-oom
-- clock.reset 1.0.0. Generated from lua/clock/reset.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/forget_list.lua:
--- Forgets the shop's own list.
local function forget_list()
  -- moonpath-allow keys/undeclared: the list is older than this package, and on one node
  redis.call("DEL", "golden:labels")
end

-- From lua/clock/reset.lua:
--- Forgets the shop's own list, and has no key of its own.
local function reset()
  forget_list()
  return "forgotten"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
if #KEYS ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT clock.reset expected 0 keys and 0 arguments" }
end
local reply_outcome = reset()
return { reply_outcome }
