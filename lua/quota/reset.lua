--- Forgets what a shard has counted for the quota of a tenant, because all its entries were invalidated.
---
---@version 1.0.0
---@param cache_usage key.cache_usage write
---@param cache_sizes key.cache_sizes write
---@return "reset"|"empty" outcome
---@cost O(1), the server frees the memory in the background
---@resend never a second run could forget entries that were counted since
---@many 100
---
---@example A count is forgotten.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes 100 number 1
---  call
---  reply  outcome=reset
---  then   EXISTS {cache_usage} {cache_sizes} = 0
---@example Nothing was counted.
---  call
---  reply  outcome=empty
---@example Sizes without a count go too.
---  given  HSET {cache_sizes} bytes 100 number 1
---  call
---  reply  outcome=empty
---  then   EXISTS {cache_sizes} = 0
local function reset(cache_usage, cache_sizes)
  -- Type checks only: UNLINK accepts every type.
  local counted = redis.call("ZCARD", cache_usage)
  redis.call("HLEN", cache_sizes)
  redis.call("UNLINK", cache_usage)
  redis.call("UNLINK", cache_sizes)
  return counted > 0 and "reset" or "empty"
end

return reset
