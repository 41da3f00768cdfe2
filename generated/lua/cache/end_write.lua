#!lua flags=allow-oom
-- cache.end_write 1.0.0. Generated from lua/cache/end_write.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/lib/cache/leave_block.lua:
--- Removes a writer from a block, and takes the right to set from every writer.
local function leave_block(cache_block, writer)
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  local own = "writer:" .. writer
  local stored = redis.call("HMGET", cache_block, own, "setter", "settle")
  local others = redis.call("HLEN", cache_block)
  if stored[1] then
    others = others - 1
  end
  if stored[2] then
    others = others - 1
  end
  if stored[3] and others == 1 then
    local settles_ms = tonumber(stored[3])
    if not settles_ms or settles_ms < 0 or settles_ms > MAX_EPOCH_MS or settles_ms % 1 ~= 0 then
      error({ err = "CORRUPT block of a cache entry" })
    end
    redis.call("PEXPIREAT", cache_block, string.format("%d", settles_ms))
  end
  -- If this writer's block had ended, another one may be the setter. Its value may be older.
  redis.call("HDEL", cache_block, own, "setter")
  return stored[1] ~= false, stored[2] == writer
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.end_write expected 3 keys and 1 argument" }
end
local arg_writer = ARGV[1]
if #arg_writer < 12 or #arg_writer > 12 then
  return { err = "ARGUMENT cache.end_write writer: expected 12 to 12 bytes" }
end
if string.find(arg_writer, "[%c{}]") then
  return { err = "ARGUMENT cache.end_write writer: expected no control characters and no braces" }
end

-- From lua/cache/end_write.lua:
--- Ends a write without a value: the entry is removed once more, and the next caller loads it.
do
  local cache_entry, cache_lease, cache_block, writer = KEYS[1], KEYS[2], KEYS[3], arg_writer
  local _, waited = lease_of(redis.call("GET", cache_lease))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  -- moonpath-allow order/touch-after-remove: of a block that has ended, HDEL removes nothing
  local is_known = leave_block(cache_block, writer)
  redis.call("UNLINK", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  return is_known and "ended" or "unknown"
end
