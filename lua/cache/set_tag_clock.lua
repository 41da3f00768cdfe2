local stored_tag = require("lib.cache.stored_tag")

--- Notes the reading of the tenant's clock that belongs to a token. Loads that began later may use it.
---
---@version 1.0.0
---@param cache_tag key.cache_tag write
---@param token tag_token the token that the tag had before the caller read the clock
---@param clock clock_reading as read after that; the reading of cache.raise_clock came before the token
---@return "noted"|"replaced" outcome replaced: the tag has another token now, or a reading already
---@cost O(1)
---@oom runs otherwise lists could not be stored until the next invalidation; it adds 15 bytes
---@resend safe a second run finds the reading
---@many 256
---
---@example The reading of a new token.
---  given  SET {cache_tag} "41c7e0b95d18.20e6f7c3 -" PX 600000
---  call   token=41c7e0b95d18.20e6f7c3 clock=1767225600000000
---  reply  outcome=noted
---  again  outcome=replaced
---  then   GET {cache_tag} = "41c7e0b95d18.20e6f7c3 1767225600000000"
---@example A later invalidation has replaced the token.
---  given  SET {cache_tag} "aaaaaaaaaaaa.bbbbbbbb -" PX 600000
---  call   token=41c7e0b95d18.20e6f7c3 clock=1767225600000000
---  reply  outcome=replaced
---  then   GET {cache_tag} = "aaaaaaaaaaaa.bbbbbbbb -"
---@example The token was evicted.
---  call   token=41c7e0b95d18.20e6f7c3 clock=1767225600000000
---  reply  outcome=replaced
local function set_tag_clock(cache_tag, token, clock)
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "replaced"
  end
  local present, present_clock = stored_tag(stored)
  if present ~= token or present_clock then
    return "replaced"
  end
  redis.call("SET", cache_tag, string.format("%s %d", token, clock), "KEEPTTL")
  return "noted"
end

return set_tag_clock
