local check_token = require("lib.cache.check_token")

--- Invalidates all entries with a tag: afterwards none of them is a hit. The tag `*` has all entries of
--- the tenant.
---
---@version 1.0.0
---@param cache_tag key.cache_tag write
---@param token tag_token a new one in each call
---@return "invalidated"|"absent" outcome absent: the tag has no token, so it has no entries
---@cost O(1), at any number of entries
---@oom runs otherwise a full server would go on with old values; the new text has the length of the old one
---@resend never a second run could bring a token back that a later invalidation has replaced
---@many 256
---
---@example A tag gets a new token.
---  given  SET {cache_tag} "41c7e0b95d18.20e6f7c3 1767225600000000" PX 600000
---  call   token=aaaaaaaaaaaa.bbbbbbbb
---  reply  outcome=invalidated
---  then   GET {cache_tag} = "aaaaaaaaaaaa.bbbbbbbb -"
---@example A tag without a token needs none.
---  call   token=aaaaaaaaaaaa.bbbbbbbb
---  reply  outcome=absent
---  then   EXISTS {cache_tag} = 0
---@example A wrong text is replaced, which invalidates too.
---  given  SET {cache_tag} seven PX 600000
---  call   token=aaaaaaaaaaaa.bbbbbbbb
---  reply  outcome=invalidated
local function invalidate_tag(cache_tag, token)
  check_token(token)
  -- GET asks for the type: without it, SET would replace a key of any type.
  if redis.call("SET", cache_tag, token .. " -", "XX", "GET", "KEEPTTL") then
    return "invalidated"
  end
  return "absent"
end

return invalidate_tag
