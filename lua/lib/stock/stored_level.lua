local stored_integer = require("lib.stored_integer")

-- The upper bound of the type level.
local MAX_STORED_LEVEL = 1000000000000

--- Reads the level of a warehouse.
---
---@param value string|false as Redis returned it; false when nothing is stored
---@return integer|nil level nil when nothing is stored
local function stored_level(value)
  local level = stored_integer(value, "level of a warehouse", -MAX_STORED_LEVEL, MAX_STORED_LEVEL)
  return level
end

return stored_level
