local stored_integer = require("lib.stored_integer")

--- Reads the remembered answer of a call of reserve, such as `refused 2 3 cart-1`.
---
---@param remembered string as Redis returned it
---@param arguments string of this call, as reserve_arguments returns them
---@return string outcome mismatch if the answer is that of other arguments
---@return integer|nil available when refused
local function remembered_reserve(remembered, arguments)
  -- The bounds of the type available.
  local AVAILABLE_LIMIT = 200000000000000
  local outcome, stored_available, stored_arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
  local available =
    stored_integer(stored_available or "", "reserve-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
  if stored_arguments ~= arguments then
    return "mismatch", nil
  elseif outcome == "refused" then
    return "refused", available
  elseif outcome == "again" or outcome == "mismatch" or outcome == "already_committed" then
    return outcome, nil
  elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
    return outcome, nil
  elseif outcome == "prepared" then
    return "prepared", nil
  end
  error({ err = "CORRUPT reserve-operation" })
end

return remembered_reserve
