--- The arguments of one call of commit, as its remembered answer has them. They are the reservation, a
--- tab, and the warehouse if there is one. A tab and a word follow for each option.
---
---@param reservation string
---@param warehouse string|nil
---@param retake boolean|nil
---@param backorder boolean|nil
---@return string arguments
local function commit_arguments(reservation, warehouse, retake, backorder)
  -- No name has a tab.
  local options = (retake and "\tretake" or "") .. (backorder and "\tbackorder" or "")
  return reservation .. "\t" .. (warehouse or "") .. options
end

return commit_arguments
