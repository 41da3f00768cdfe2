local lease_of = require("lib.cache.lease_of")
local new_entry = require("lib.cache.new_entry")

--- Stores what a caller has loaded, if it still has the lease, and wakes the callers that wait.
---
--- An invalidation, a soft one, a writer and the end of the lease take the lease away. So a value that
--- was loaded before them is refused.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param fill_id fill_id as in the call of cache.read that granted the lease
---@param coding entry_coding
---@param tokens entry_tokens the tokens that the tags had before the load
---@param value entry_value
---@param fresh_ms wait_ms at most keep_ms counts
---@param keep_ms ms the fresh and the stale time together
---@return "filled"|"refused" outcome refused: the lease has ended, or was taken away
---@cost O(1), plus the length of the value
---@resend never a second run could store the value again after an invalidation and another grant
---@many 100
---
---@example The caller that has the lease stores its value.
---  given  SET {cache_lease} aaaaaaaaaaaa PX 5000
---  call   fill_id=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=filled
---  then   EXISTS {cache_lease} = 0
---  then   GETRANGE {cache_entry} 18 -1 = "aaaaaaaaaaaa 9b1e64d02a77.5d0c31aa\n{}"
---@example A load whose lease an invalidation has taken away is refused.
---  call   fill_id=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=refused
---  then   EXISTS {cache_entry} = 0
---@example A load that has outlived its lease is refused, and the next one keeps its lease.
---  given  SET {cache_lease} "bbbbbbbbbbbb waited" PX 5000
---  call   fill_id=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=refused
---  then   GET {cache_lease} = "bbbbbbbbbbbb waited"
local function fill(cache_entry, cache_lease, fill_id, coding, tokens, value, fresh_ms, keep_ms)
  local holder, waited = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "refused"
  end
  local entry = new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms))
  -- Type check only: SET would replace a key of any type.
  redis.call("STRLEN", cache_entry)
  redis.call("SET", cache_entry, entry, "PX", keep_ms)
  redis.call("DEL", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "filled")
  end
  return "filled"
end

return fill
