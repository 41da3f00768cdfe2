local entry_head = require("lib.cache.entry_head")
local lease_of = require("lib.cache.lease_of")

-- The last byte of an entry's head.
local HEAD_ENDS_AT = 30
-- Where the fresh time begins in an entry, and what it is afterwards.
local FRESH_UNTIL_AT = 4
local NEVER = "0000000000000"

--- Makes one entry stale: the next callers get the old value, and one of them loads the new one.
---
--- A load that began before does not fill the entry.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param cache_block key.cache_block write
---@return "expired"|"absent" outcome expired: there is a stale entry
---@cost O(1)
---@oom runs it overwrites bytes of the entry in place
---@resend safe a second run makes it stale again
---@many 100
---
---@example A fresh entry becomes stale, and the load that runs may not fill it.
---  given  SET {cache_entry} "1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  given  SET {cache_lease} aaaaaaaaaaaa PX 5000
---  call
---  reply  outcome=expired
---  then   GET {cache_entry} = "1j- 0000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}"
---  then   EXISTS {cache_lease} = 0
---@example Without an entry, only the load that runs is refused.
---  given  SET {cache_lease} aaaaaaaaaaaa PX 5000
---  call
---  reply  outcome=absent
---  then   EXISTS {cache_lease} = 0
---@example An entry of another release has another form, so it is removed.
---  given  SET {cache_entry} "2 something else" PX 600000
---  call
---  reply  outcome=absent
---  then   EXISTS {cache_entry} = 0
local function expire(cache_entry, cache_lease, cache_block)
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local fresh_until_ms = entry_head(redis.call("GETRANGE", cache_entry, 0, HEAD_ENDS_AT))
  local has_setter = redis.call("HEXISTS", cache_block, "setter") == 1
  if fresh_until_ms then
    redis.call("SETRANGE", cache_entry, FRESH_UNTIL_AT, NEVER)
  end
  if has_setter then
    redis.call("HDEL", cache_block, "setter")
  end
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  if fresh_until_ms then
    return "expired"
  end
  redis.call("UNLINK", cache_entry)
  return "absent"
end

return expire
