local stored_integer = require("lib.stored_integer")
local stored_size = require("lib.quota.stored_size")

--- Stops counting an entry for the quota of its tenant, because it was removed or not stored.
---
---@version 1.0.0
---@param cache_usage key.cache_usage write
---@param cache_sizes key.cache_sizes write
---@param entry id
---@param number sequence? what quota.count has replied about it; absent: it is forgotten under any number
---@return "forgotten"|"recounted"|"unknown" outcome recounted: it was counted again, under another number
---@cost O(log N), N the entries of the shard
---@oom runs it removes an entry, and a number needs no memory
---@resend never without its number, a second run could forget an entry that was counted again since
---@many 64
---
---@example An entry is no longer counted.
---  given  ZADD {cache_usage} 1 vase 2 rug
---  given  HSET {cache_sizes} =vase "100 {now+60000}" =rug "50 {now+60000}" bytes 150 number 2
---  call   entry=vase
---  reply  outcome=forgotten
---  then   HGET {cache_sizes} bytes = 50
---@example An entry that was counted again stays.
---  given  ZADD {cache_usage} 7 vase
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes 100 number 7
---  call   entry=vase number=6
---  reply  outcome=recounted
---  then   HGET {cache_sizes} bytes = 100
---@example An entry that is not counted.
---  call   entry=vase
---  reply  outcome=unknown
---@example A wrong sum is an error.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes much number 1
---  call   entry=vase
---  error  CORRUPT cache-sizes
local function forget(cache_usage, cache_sizes, entry, number)
  local state = redis.call("HMGET", cache_sizes, "bytes", "=" .. entry)
  local sum = stored_integer(state[1], "cache-sizes")
  local bytes = stored_size(state[2])
  local counted = stored_integer(redis.call("ZSCORE", cache_usage, entry), "cache-usage")
  if counted and number and counted ~= number then
    return "recounted"
  end
  if counted and sum then
    redis.call("HSET", cache_sizes, "bytes", string.format("%.0f", math.max(sum - bytes, 0)))
  end
  -- Its size may be there alone, if Redis has evicted the other key.
  redis.call("HDEL", cache_sizes, "=" .. entry)
  redis.call("ZREM", cache_usage, entry)
  return counted and "forgotten" or "unknown"
end

return forget
