--- What a shop shows of a product's total.
---
---@param total integer units over all warehouses
---@param low integer at or below this total the product counts as low
---@return stock_status status
local function stock_status(total, low)
  if total <= 0 then
    return "out_of_stock"
  end
  if total <= low then
    return "low_stock"
  end
  return "in_stock"
end

return stock_status
