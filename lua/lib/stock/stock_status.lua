--- Returns the status that a shop shows for a number of units.
---
---@param units integer
---@param low integer at this number or below, the product counts as low
---@return stock_status status
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

return stock_status
