local stored_reservation = require("lib.stock.stored_reservation")

--- Finds how many units a new reservation of the same buyer frees by replacing an older one.
---
---@param old string the stored text of the older one
---@param name string of the older one
---@param ended string[]|nil the names of reservations that are closed because their lease is over
---@return integer|nil units of the older one; nil: it was committed or released, and stays so
---@return integer replaced the units that it frees; 0 if its lease has ended
local function replaced_reservation(old, name, ended)
  local state, units = stored_reservation(old)
  if state == "expired" then
    return units, 0
  elseif state ~= "held" then
    return nil, 0
  end
  -- at most 100 names
  for position = 1, ended and #ended or 0 do
    if ended[position] == name then
      return units, 0
    end
  end
  return units, units
end

return replaced_reservation
