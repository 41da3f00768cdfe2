#!lua flags=allow-oom
-- clock.reset 1.0.0. Generated from lua/clock/reset.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/forget_list.lua:
--- Forgets the shop's own list.
local function forget_list()
  -- moonpath-allow keys/undeclared: the list is older than this package, and on one node
  redis.call("DEL", "golden:labels")
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT clock.reset expected 0 keys and 0 arguments" }
end

-- From lua/clock/reset.lua:
--- Forgets the shop's own list, and has no key of its own.
do
  forget_list()
  return "forgotten"
end
