--- Reads the stored text of a cart's line, such as `2 open`.
---
---@param value string as Redis returned it
---@return integer units
---@return line_state state
local function stored_line(value)
  -- The upper bound of the type quantity.
  local MAX_LINE_UNITS = 1000000000000
  local stored_units, state = string.match(value, "^(%d+) ([%l_]+)$")
  local units = tonumber(stored_units)
  if units and units >= 1 and units <= MAX_LINE_UNITS then
    if state == "open" or state == "finished" or state == "set_aside" or state == "discarded" then
      return units, state
    end
  end
  error({ err = "CORRUPT line of a cart" })
end

return stored_line
