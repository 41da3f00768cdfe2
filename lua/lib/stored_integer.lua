local corrupt = require("lib.corrupt")

-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
---
---@param value string|false as Redis gave it; false when nothing is stored
---@param what string names it in the error
---@param least integer|nil 0 when absent
---@param greatest integer|nil the greatest exact one when absent
---@return integer|nil number nil when nothing is stored
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

return stored_integer
