--- The arguments of one call of reserve, as its remembered answer has them: `3 cart-1`, and with
--- `replaces` or `backorder` two more parts, after a tab each.
---
---@param units integer
---@param reservation string
---@param replaces string|nil
---@param backorder boolean|nil
---@return string arguments
local function reserve_arguments(units, reservation, replaces, backorder)
  local arguments = string.format("%d %s", units, reservation)
  if replaces or backorder then
    -- No name has a tab.
    return arguments .. "\t" .. (replaces or "") .. "\t" .. (backorder and "backorder" or "")
  end
  return arguments
end

return reserve_arguments
