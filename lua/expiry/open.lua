local stored_integer = require("lib.stored_integer")

--- Returns the number of shards of a queue. With `shards`, it chooses the number of a queue that has
--- none yet.
---
--- The number decides in which shard an item is. It never changes afterwards, unless a failover
--- loses it: then the next call with a number chooses it anew. So all services pass the same number.
---
---@version 1.0.0
---@param shards_key key.shards write
---@param shards shard_count? the number for a queue that has none yet; absent: choose none
---@return "known"|"unknown" outcome unknown: the queue has no number, so nobody has tracked an item
---@return shard_count? shards when known: the number of the queue
---@cost O(1)
---@oom runs cancel and discard need the number; a queue without one gets a short text, once
---@resend safe the first call with a number chooses it, and no later call changes it unless a failover
---   has lost it
---
---@example The first call with a number chooses it.
---  call   shards=64
---  reply  outcome=known shards=64
---  then   GET {shards} = 64
---@example A later call gets the number that was chosen.
---  given  SET {shards} 64
---  call   shards=8
---  reply  outcome=known shards=64
---  then   GET {shards} = 64
---@example A call without a number chooses none.
---  reply  outcome=unknown
---  then   EXISTS {shards} = 0
---@example A number out of bounds is an error, and nothing is written.
---  given  SET {shards} 257
---  call   shards=8
---  error  CORRUPT number of shards
local function open(shards_key, shards)
  local chosen = stored_integer(redis.call("GET", shards_key), "number of shards", 1, 256)
  if chosen then
    return "known", chosen
  elseif not shards then
    return "unknown"
  end
  redis.call("SET", shards_key, string.format("%d", shards))
  return "known", shards
end

return open
