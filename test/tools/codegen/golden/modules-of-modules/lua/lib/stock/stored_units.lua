local corrupt = require("lib.corrupt")

--- Reads units that a script stored earlier; anything else stops the script.
---
---@param value string|false as Redis gave it; false when nothing is stored
---@param what string names it in the error
---@return integer|nil number nil when nothing is stored
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

return stored_units
