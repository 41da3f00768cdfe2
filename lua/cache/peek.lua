local entry_head = require("lib.cache.entry_head")
local now_ms = require("lib.now_ms")

--- Reads an entry, and grants no lease.
---
---@version 1.0.0
---@param cache_entry key.cache_entry read
---@return "fresh"|"stale"|"absent"|"foreign" outcome foreign: another release of the service wrote it, in
---   a form that this one does not know
---@return stored_entry? stored when fresh|stale
---@return wait_ms? fresh_for_ms when fresh: by Redis's clock
---@cost O(1), plus the length of the entry
---@resend safe it only reads
---@many 100
---
---@example A fresh entry.
---  given  SET {cache_entry} "1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  reply  outcome=fresh stored="1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}"
---         fresh_for_ms=~
---@example An entry whose fresh time is over.
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  reply  outcome=stale stored="1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}"
---@example No entry.
---  reply  outcome=absent
---@example An entry without a header is an error.
---  given  SET {cache_entry} "1 is no entry"
---  error  CORRUPT cache entry
local function peek(cache_entry)
  local stored = redis.call("GET", cache_entry)
  if not stored then
    return "absent"
  end
  local fresh_until_ms = entry_head(stored)
  if not fresh_until_ms then
    return "foreign"
  end
  local fresh_for_ms = fresh_until_ms - now_ms()
  if fresh_for_ms > 0 then
    return "fresh", stored, fresh_for_ms
  end
  return "stale", stored
end

return peek
