local lease_of = require("lib.cache.lease_of")
local leave_block = require("lib.cache.leave_block")

--- Ends a write without a value: the entry is removed once more, and the next caller loads it.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param cache_block key.cache_block write
---@param writer fill_id as in cache.begin_write
---@return "ended"|"unknown" outcome unknown: the writer's block had ended before, or never began
---@cost O(1)
---@resend safe a second run removes again, and another entry is loaded again
---
---@example A writer ends, and the entry is removed.
---  given  HSET {cache_block} writer:aaaaaaaaaaaa {now+10000} setter aaaaaaaaaaaa
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   writer=aaaaaaaaaaaa
---  reply  outcome=ended
---  again  outcome=unknown
---  then   EXISTS {cache_entry} {cache_block} = 0
---@example Another writer keeps its block.
---  given  HSET {cache_block} writer:aaaaaaaaaaaa {now+10000} writer:bbbbbbbbbbbb {now+10000}
---  call   writer=aaaaaaaaaaaa
---  reply  outcome=ended
---  again  outcome=unknown
---  then   HEXISTS {cache_block} writer:bbbbbbbbbbbb = 1
---@example A writer whose block has ended removes the entry, and a later writer may not set its value.
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  given  HSET {cache_block} writer:bbbbbbbbbbbb {now+10000} setter bbbbbbbbbbbb
---  call   writer=aaaaaaaaaaaa
---  reply  outcome=unknown
---  then   EXISTS {cache_entry} = 0
---  then   HEXISTS {cache_block} setter = 0
local function end_write(cache_entry, cache_lease, cache_block, writer)
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

return end_write
