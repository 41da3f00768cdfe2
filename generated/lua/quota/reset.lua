#!lua flags=allow-oom
-- quota.reset 1.0.0. Generated from lua/quota/reset.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 0 then
  return { err = "ARGUMENT quota.reset expected 2 keys and 0 arguments" }
end

-- From lua/quota/reset.lua:
--- Forgets what a shard has counted for the quota of a tenant, because all its entries were invalidated.
do
  local cache_usage, cache_sizes = KEYS[1], KEYS[2]
  -- Type checks only: UNLINK accepts every type.
  local counted = redis.call("ZCARD", cache_usage)
  redis.call("HLEN", cache_sizes)
  redis.call("UNLINK", cache_usage)
  redis.call("UNLINK", cache_sizes)
  return counted > 0 and "reset" or "empty"
end
