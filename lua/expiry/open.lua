local stored_integer = require("lib.stored_integer")

-- Without another number, a queue has so many shards.
local DEFAULT_SHARDS = 16

--- Returns the number of shards of a queue, and chooses it if this is the queue's first call.
---
--- The number decides in which shard an item is. It never changes afterwards, unless a failover
--- loses it: then the next call chooses it anew. So all services pass the same number.
---
---@version 1.0.0
---@param shards_key key.shards write
---@param shards shard_count? the number for a queue that has none yet; absent: 16
---@return shard_count shards the number of the queue
---@cost O(1)
---@resend safe the first call chooses the number, and no later call changes it unless a failover has
---   lost it; then the next call chooses it anew
---
---@example The first call chooses the number.
---  call   shards=64
---  reply  shards=64
---  then   GET {shards} = 64
---@example Without a number, the queue gets 16 shards.
---  reply  shards=16
---@example A later call gets the number that was chosen.
---  given  SET {shards} 64
---  call   shards=8
---  reply  shards=64
---  then   GET {shards} = 64
---@example A number out of bounds is an error, and nothing is written.
---  given  SET {shards} 257
---  call   shards=8
---  error  CORRUPT number of shards
local function open(shards_key, shards)
  local wanted = shards or DEFAULT_SHARDS
  local chosen = redis.call("SET", shards_key, string.format("%d", wanted), "NX", "GET")
  return stored_integer(chosen, "number of shards", 1, 256) or wanted
end

return open
