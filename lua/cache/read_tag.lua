local stored_tag = require("lib.cache.stored_tag")

--- Reads the token of a tag.
---
---@version 1.0.0
---@param cache_tag key.cache_tag read
---@return "known"|"absent" outcome absent: no entry with the tag is a hit
---@return tag_token? token when known
---@return clock_reading? clock sometimes when known: the tenant's clock at the tag's last invalidation;
---   absent: not known yet
---@cost O(1)
---@resend safe it only reads
---@many 256
---
---@example The token of a tag.
---  given  SET {cache_tag} "41c7e0b95d18.20e6f7c3 1767225600000000" PX 600000
---  reply  outcome=known token=41c7e0b95d18.20e6f7c3 clock=1767225600000000
---@example A tag that was invalidated just now.
---  given  SET {cache_tag} "41c7e0b95d18.20e6f7c3 -" PX 600000
---  reply  outcome=known token=41c7e0b95d18.20e6f7c3
---@example A tag that nobody uses.
---  reply  outcome=absent
---@example A wrong text is an error.
---  given  SET {cache_tag} seven
---  error  CORRUPT cache tag
local function read_tag(cache_tag)
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "absent"
  end
  local token, clock = stored_tag(stored)
  return "known", token, clock
end

return read_tag
