#!lua flags=allow-oom
-- cache.renew 1.0.0. Generated from lua/cache/renew.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT cache.renew expected 1 key and 2 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.renew fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.renew fill_id: expected no control characters and no braces" }
end
local arg_lease_ms_digits = ARGV[2]
local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
if not arg_lease_ms or arg_lease_ms > 31622400000 then
  return { err = "ARGUMENT cache.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/renew.lua:
--- Extends the lease of a load that takes longer.
do
  local cache_lease, fill_id, lease_ms, lease_ms_digits =
    KEYS[1], arg_fill_id, arg_lease_ms, arg_lease_ms_digits
  local holder = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "lost"
  end
  redis.call("PEXPIRE", cache_lease, lease_ms_digits)
  return "renewed"
end
