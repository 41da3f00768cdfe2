local stored_integer = require("lib.stored_integer")

--- Reads how many entries of a tenant a shard counts, and their bytes.
---
---@version 1.0.0
---@param cache_usage key.cache_usage read
---@param cache_sizes key.cache_sizes read
---@return entry_count entries also some that have ended
---@return entry_bytes bytes
---@cost O(1)
---@resend safe it only reads
---@many 100
---
---@example Two entries.
---  given  ZADD {cache_usage} 1 vase 2 rug
---  given  HSET {cache_sizes} =vase "100 {now+60000}" =rug "50 {now+60000}" bytes 150 number 2
---  call
---  reply  entries=2 bytes=150
---@example None.
---  call
---  reply  entries=0 bytes=0
---@example A wrong sum is an error.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes much number 1
---  call
---  error  CORRUPT cache-sizes
local function read(cache_usage, cache_sizes)
  local entries = redis.call("ZCARD", cache_usage)
  local state = redis.call("HMGET", cache_sizes, "bytes", "number")
  local sum = stored_integer(state[1], "cache-sizes") or 0
  -- If Redis has evicted one of the keys, quota.count begins again.
  if entries == 0 or not state[2] then
    return 0, 0
  end
  return entries, sum
end

return read
