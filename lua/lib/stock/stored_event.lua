--- Reads the latest event of a warehouse, such as `17 10`: its sequence, and its base. The level of
--- the warehouse minus the base is the running sum of what was sold and returned there.
---
---@param value string|false|nil as Redis returned it; false or nil when nothing is stored
---@return integer sequence -1 when nothing is stored
---@return integer base 0 when nothing is stored
local function stored_event(value)
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  -- The upper bound of a base: of the type level and the type moved together.
  local BASE_LIMIT = 1001000000000000
  if not value then
    return -1, 0
  end
  local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
  local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
  if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
    error({ err = "CORRUPT event of a warehouse" })
  end
  return sequence, base
end

return stored_event
