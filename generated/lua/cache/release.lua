#!lua flags=allow-oom
-- cache.release 1.0.0. Generated from lua/cache/release.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.release expected 1 key and 1 argument" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.release fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.release fill_id: expected no control characters and no braces" }
end

-- From lua/cache/release.lua:
--- Gives a lease back without a fill, and wakes the callers that wait: one of them loads.
do
  local cache_lease, fill_id = KEYS[1], arg_fill_id
  local holder, waited = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "lost"
  end
  redis.call("DEL", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "released")
  end
  return "released"
end
