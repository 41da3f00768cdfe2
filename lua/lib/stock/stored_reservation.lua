--- Reads the stored text of one reservation, such as `held 3 1767225600000`.
---
---@param value string as Redis returned it
---@return string state held, committed, released or expired
---@return integer units
---@return integer ends_at_ms of a held one when its lease ends, of a closed one when it may be
---   removed
local function stored_reservation(value)
  -- The upper bound of the type quantity.
  local MAX_RESERVED = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
  end
  return state, units, ends_at
end

return stored_reservation
