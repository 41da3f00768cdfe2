local entry_head = require("lib.cache.entry_head")
local lease_of = require("lib.cache.lease_of")
local new_entry = require("lib.cache.new_entry")

--- Makes an entry fresh again without sending its value, because the source says that it is unchanged.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param fill_id fill_id as in the call of cache.read that granted the lease
---@param unchanged fill_id the fill id of the entry that the source has compared
---@param tokens entry_tokens the tokens that the tags had before the source was asked
---@param fresh_ms wait_ms at most keep_ms counts
---@param keep_ms ms the fresh and the stale time together
---@return "touched"|"absent"|"refused" outcome absent: there is no such entry any more, and the caller
---   keeps the lease; refused: the lease has ended, or was taken away
---@cost O(1), plus the length of the value
---@resend never a second run could make the entry fresh again after a soft invalidation
---
---@example An unchanged entry becomes fresh, with the tokens of now.
---  given  SET {cache_lease} aaaaaaaaaaaa PX 5000
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   fill_id=aaaaaaaaaaaa unchanged=0123456789ab tokens=9b1e64d02a77.00000000
---         fresh_ms=1000 keep_ms=9000
---  reply  outcome=touched
---  then   GETRANGE {cache_entry} 18 -1 = "aaaaaaaaaaaa 9b1e64d02a77.00000000\n{}"
---@example The entry is gone.
---  given  SET {cache_lease} aaaaaaaaaaaa PX 5000
---  call   fill_id=aaaaaaaaaaaa unchanged=0123456789ab tokens=9b1e64d02a77.5d0c31aa
---         fresh_ms=1000 keep_ms=9000
---  reply  outcome=absent
---@example The lease is gone.
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   fill_id=aaaaaaaaaaaa unchanged=0123456789ab tokens=9b1e64d02a77.5d0c31aa
---         fresh_ms=1000 keep_ms=9000
---  reply  outcome=refused
local function touch(cache_entry, cache_lease, fill_id, unchanged, tokens, fresh_ms, keep_ms)
  local holder, waited = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "refused"
  end
  local stored = redis.call("GET", cache_entry)
  if not stored then
    return "absent"
  end
  local _, stored_id = entry_head(stored)
  if stored_id ~= unchanged then
    return "absent"
  end
  local head_end = string.find(stored, "\n", 1, true)
  if not head_end then
    error({ err = "CORRUPT cache entry" })
  end
  local coding, value = string.sub(stored, 2, 3), string.sub(stored, head_end + 1)
  redis.call(
    "SET",
    cache_entry,
    new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms)),
    "PX",
    keep_ms
  )
  redis.call("DEL", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "filled")
  end
  return "touched"
end

return touch
