local corrupt = require("lib.corrupt")

--- Reads an integer that a script stored earlier; one that is anything else stops the script.
---
---@param value string|false as Redis gave it; false when nothing is stored
---@param what string names it in the error
---@return integer|nil number nil when nothing is stored
local function stored_integer(value, what)
  if not value then
    return nil
  end
  -- Sixteen digits hold every integer that a double holds exactly.
  if not string.find(value, "^-?%d+$") or #value > 17 then
    corrupt(what, 2)
  end
  return tonumber(value)
end

return stored_integer
