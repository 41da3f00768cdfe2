--- Reads a lock, which is stored as `<fence> <lease_ends_ms> <state> <owner>`.
---
---@param value string|false as GET returned it
---@return integer|nil fence nil if the lock is not known
---@return integer|nil lease_ends_ms
---@return string|nil state `held`, `waited` or `released`
---@return string|nil owner of the last hold
local function stored_lock(value)
  -- The upper bound of the type fence. A stored fence leaves room for the
  -- next one.
  local MAX_FENCE = 9007199254740991
  -- The upper bound of the type epoch_ms.
  local MAX_LEASE_ENDS_MS = 8640000000000000
  if not value then
    return nil
  end
  local fence, lease_ends_ms, state, owner = string.match(value, "^(%d+) (%d+) (%l+) (.*)$")
  fence, lease_ends_ms = tonumber(fence), tonumber(lease_ends_ms)
  if
    not fence
    or fence >= MAX_FENCE - 1
    or lease_ends_ms >= MAX_LEASE_ENDS_MS
    or (state ~= "held" and state ~= "waited" and state ~= "released")
  then
    error({ err = "CORRUPT lock" })
  end
  return fence, lease_ends_ms, state, owner
end

return stored_lock
