#!lua flags=no-writes
-- quota.read 1.0.0. Generated from lua/quota/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 0 then
  return { err = "ARGUMENT quota.read expected 2 keys and 0 arguments" }
end

-- From lua/quota/read.lua:
--- Reads how many entries of a tenant a shard counts, and their bytes.
do
  local cache_usage, cache_sizes = KEYS[1], KEYS[2]
  local entries = redis.call("ZCARD", cache_usage)
  local state = redis.call("HMGET", cache_sizes, "bytes", "number")
  local sum = stored_integer(state[1], "cache-sizes") or 0
  -- If Redis has evicted one of the keys, quota.count begins again.
  if entries == 0 or not state[2] then
    return { 0, 0 }
  end
  return { entries, sum }
end
