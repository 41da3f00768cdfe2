--- Returns the owner that a key `<key>-owner:<owner>` names.
---
---@param key string the key of the lock or the request
---@param owner_key string the key of its owner
---@return string owner
local function owner_of(key, owner_key)
  -- "-owner:" has 7 bytes.
  return string.sub(owner_key, #key + 8)
end

return owner_of
