#!lua flags=allow-oom
-- cache.invalidate 1.0.0. Generated from lua/cache/invalidate.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 3 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.invalidate expected 3 keys and 1 argument" }
end
local arg_settle_ms = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_settle_ms or arg_settle_ms < 1 or arg_settle_ms > 31622400000 or arg_settle_ms % 1 ~= 0 then
    return { err = "ARGUMENT cache.invalidate settle_ms: expected a whole number from 1 to 31622400000" }
  end
end

-- From lua/cache/invalidate.lua:
--- Invalidates one entry: afterwards nobody reads it, and no load that began before fills it.
do
  local cache_entry, cache_lease, cache_block, settle_ms = KEYS[1], KEYS[2], KEYS[3], arg_settle_ms
  local _, waited = lease_of(redis.call("GET", cache_lease))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  local settled_ms = tonumber(redis.call("HGET", cache_block, "settle"))
  if settle_ms then
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local settles_ms = now_ms() + settle_ms
    -- A shorter time does not end a longer one of an earlier call.
    if not settled_ms or settled_ms < settles_ms then
      redis.call("HSET", cache_block, "settle", string.format("%d", settles_ms))
    end
    if redis.call("PTTL", cache_block) < settle_ms then
      redis.call("PEXPIRE", cache_block, settle_ms)
    end
  end
  redis.call("HDEL", cache_block, "setter")
  local removed = redis.call("UNLINK", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  return removed == 1 and "removed" or "absent"
end
