local check_token = require("lib.cache.check_token")
local stored_tag = require("lib.cache.stored_tag")

--- Reads the token of a tag for a load. It creates the token if there is none, and makes it live
--- longer than the entries under it.
---
---@version 1.0.0
---@param cache_tag key.cache_tag write
---@param token tag_token a new one in each call, for a tag without a token
---@param keep_ms ms the longest time from now for which an entry may live under the token
---@return tag_token present_token
---@return clock_reading? clock sometimes: the tenant's clock at the tag's last invalidation; absent: not
---   known yet
---@cost O(1)
---@resend never a second run could create a token again that was used before
---@many 256
---
---@example A tag that has a token keeps it.
---  given  SET {cache_tag} "41c7e0b95d18.20e6f7c3 1767225600000000" PX 600000
---  call   token=aaaaaaaaaaaa.bbbbbbbb keep_ms=9000
---  reply  present_token=41c7e0b95d18.20e6f7c3 clock=1767225600000000
---@example A tag without a token gets one.
---  call   token=aaaaaaaaaaaa.bbbbbbbb keep_ms=9000
---  reply  present_token=aaaaaaaaaaaa.bbbbbbbb
---  then   GET {cache_tag} = "aaaaaaaaaaaa.bbbbbbbb -"
---@example A wrong text is an error.
---  given  SET {cache_tag} seven
---  call   token=aaaaaaaaaaaa.bbbbbbbb keep_ms=9000
---  error  CORRUPT cache tag
local function open_tag(cache_tag, token, keep_ms)
  check_token(token)
  -- Rarely extended, because each PEXPIRE reaches all processes that track the token.
  local life_ms = 2 * keep_ms
  local stored = redis.call("GET", cache_tag)
  if not stored then
    redis.call("SET", cache_tag, token .. " -", "PX", string.format("%d", life_ms))
    return token
  end
  local present, clock = stored_tag(stored)
  if redis.call("PTTL", cache_tag) < keep_ms then
    redis.call("PEXPIRE", cache_tag, string.format("%d", life_ms))
  end
  return present, clock
end

return open_tag
