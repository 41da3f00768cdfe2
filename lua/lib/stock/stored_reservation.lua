local corrupt = require("lib.corrupt")
local stored_integer = require("lib.stored_integer")

-- The upper bound of the type quantity.
local MAX_RESERVED = 1000000000000
local STATES = { held = true, committed = true, released = true, expired = true }

--- Reads the stored text of one reservation, such as `held 3`.
---
---@param value string|false as Redis returned it; false when nothing is stored
---@return string|nil state held, committed, released or expired; nil when nothing is stored
---@return integer|nil units
local function stored_reservation(value)
  if not value then
    return nil, nil
  end
  local state, digits = string.match(value, "^(%a+) (%d+)$")
  if not state or not STATES[state] then
    corrupt("reservation", 2)
  end
  return state, stored_integer(digits, "units of a reservation", 1, MAX_RESERVED)
end

return stored_reservation
