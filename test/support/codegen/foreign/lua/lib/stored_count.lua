--- Reads a whole number that a script stored earlier; anything else stops the script.
---
---@param value string|false as Redis gave it; false when nothing is stored
---@param what string names it in the error
---@return integer number 0 when nothing is stored
local function stored_count(value, what)
  if not value then
    return 0
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000000 then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

return stored_count
