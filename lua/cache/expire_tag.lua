local check_hex = require("lib.cache.check_hex")
local stored_tag = require("lib.cache.stored_tag")

--- Makes all entries with a tag stale: callers get the old values, while each entry is loaded once.
---
---@version 1.0.0
---@param cache_tag key.cache_tag write
---@param soft_token soft_token a new one in each call
---@return "expired"|"absent" outcome absent: the tag has no token, so it has no entries
---@cost O(1), at any number of entries
---@oom runs otherwise a full server would go on with old values; the new text has the length of the old one
---@resend never a second run could bring a token back that a later call has replaced
---@many 256
---
---@example The soft part of the token changes.
---  given  SET {cache_tag} "41c7e0b95d18.20e6f7c3 1767225600000000" PX 600000
---  call   soft_token=bbbbbbbb
---  reply  outcome=expired
---  then   GET {cache_tag} = "41c7e0b95d18.bbbbbbbb -"
---@example A tag without a token needs none.
---  call   soft_token=bbbbbbbb
---  reply  outcome=absent
---@example A wrong text is an error.
---  given  SET {cache_tag} seven PX 600000
---  call   soft_token=bbbbbbbb
---  error  CORRUPT cache tag
local function expire_tag(cache_tag, soft_token)
  check_hex("soft_token", soft_token)
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "absent"
  end
  local token = stored_tag(stored)
  redis.call("SET", cache_tag, string.sub(token, 1, 13) .. soft_token .. " -", "KEEPTTL")
  return "expired"
end

return expire_tag
