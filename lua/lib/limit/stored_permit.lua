--- Reads a permit, which is stored as `<number> <fence>`.
---
---@param permit string
---@return integer number
---@return integer fence of its last holder
local function stored_permit(permit)
  -- The upper bound of the type permit_number.
  local MAX_NUMBER = 999
  -- The upper bound of the type fence. A stored fence leaves room for the next one.
  local MAX_FENCE = 9007199254740991
  local number_text, fence_text = string.match(permit, "^(%d+) (%d+)$")
  local number, fence = tonumber(number_text), tonumber(fence_text)
  if not number or number > MAX_NUMBER or fence >= MAX_FENCE - 1 then
    error({ err = "CORRUPT permit" })
  end
  return number, fence
end

return stored_permit
