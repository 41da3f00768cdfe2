--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- `acme:lamp`.
---
---@param key string a key with the hash tag of a tenant
---@return string member
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

return slot_member
