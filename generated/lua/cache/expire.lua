#!lua flags=allow-oom
-- cache.expire 1.0.0. Generated from lua/cache/expire.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/entry_head.lua:
--- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
--- that filled it.
local function entry_head(stored)
  if string.sub(stored, 1, 1) ~= "1" then
    return nil
  end
  local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
  local fresh_until_ms = tonumber(fresh_until)
  if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
    error({ err = "CORRUPT cache entry" })
  end
  return fresh_until_ms, fill_id
end

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/cache/expire.lua:
-- The last byte of an entry's head.
local HEAD_ENDS_AT = 30
-- Where the fresh time begins in an entry, and what it is afterwards.
local FRESH_UNTIL_AT = 4
local NEVER = "0000000000000"

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.expire expected 3 keys and 0 arguments" }
end

--- Makes one entry stale: the next callers get the old value, and one of them loads the new one.
do
  local cache_entry, cache_lease, cache_block = KEYS[1], KEYS[2], KEYS[3]
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local fresh_until_ms = entry_head(redis.call("GETRANGE", cache_entry, "0", HEAD_ENDS_AT))
  local has_setter = redis.call("HEXISTS", cache_block, "setter") == 1
  if fresh_until_ms then
    redis.call("SETRANGE", cache_entry, FRESH_UNTIL_AT, NEVER)
  end
  if has_setter then
    redis.call("HDEL", cache_block, "setter")
  end
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  if fresh_until_ms then
    return "expired"
  end
  redis.call("UNLINK", cache_entry)
  return "absent"
end
