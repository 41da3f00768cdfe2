local lease_of = require("lib.cache.lease_of")
local now_ms = require("lib.now_ms")

--- Invalidates one entry: afterwards nobody reads it, and no load that began before fills it.
---
--- A writer that is between begin and end keeps its block, and does not set its value.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param cache_block key.cache_block write
---@param settle_ms ms? for this time no load fills the entry, because a database replica may lag
---@return "removed"|"absent" outcome removed: there was an entry
---@cost O(1)
---@oom runs otherwise a full server would go on with an old value; only settle_ms needs memory
---@resend safe a second run removes again, and another entry is loaded again
---@many 100
---
---@example An entry and the lease of its load are removed.
---  given  SET {cache_entry} "1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  given  SET {cache_lease} aaaaaaaaaaaa PX 5000
---  call
---  reply  outcome=removed
---  again  outcome=absent
---  then   EXISTS {cache_entry} {cache_lease} = 0
---@example A writer keeps its block, but may not set its value.
---  given  HSET {cache_block} writer:w1 {now+10000} setter w1
---  call
---  reply  outcome=absent
---  then   HEXISTS {cache_block} setter = 0
---  then   HEXISTS {cache_block} writer:w1 = 1
---@example For a time, no load fills the entry.
---  call   settle_ms=5000
---  reply  outcome=absent
---  then   HEXISTS {cache_block} settle = 1
local function invalidate(cache_entry, cache_lease, cache_block, settle_ms)
  local _, waited = lease_of(redis.call("GET", cache_lease))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  local settled_ms = tonumber(redis.call("HGET", cache_block, "settle"))
  if settle_ms then
    local settles_ms = now_ms() + settle_ms
    -- A shorter time does not end a longer one of an earlier call.
    if not settled_ms or settled_ms < settles_ms then
      redis.call("HSET", cache_block, "settle", string.format("%d", settles_ms))
    end
    if redis.call("PTTL", cache_block) < settle_ms then
      redis.call("PEXPIRE", cache_block, settle_ms)
    end
  end
  redis.call("HDEL", cache_block, "setter")
  local removed = redis.call("UNLINK", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  return removed == 1 and "removed" or "absent"
end

return invalidate
