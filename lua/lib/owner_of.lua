-- What a key of an owner has after the key of what it owns.
local OWNER_SUFFIX = "-owner:"

--- Returns the owner that a key `<key>-owner:<owner>` names.
---
---@param key string the key of the lock or the request
---@param owner_key string the key of its owner
---@return string owner
local function owner_of(key, owner_key)
  return string.sub(owner_key, #key + #OWNER_SUFFIX + 1)
end

return owner_of
