--- Divides a change of units among warehouses. A sale takes units from the fullest warehouse first.
--- A return goes to the emptiest.
---
--- If levels are equal, the first name comes first. The function sorts `levels`.
---
---@param change integer below zero for a sale
---@param levels warehouse_level[] at most 100
---@return integer[] moves the change of each of the sorted levels
---@return integer remaining the part of the change that no level could take; 0 for a return
local function share_units(change, levels)
  table.sort(levels, function(first, second)
    if first.quantity == second.quantity then
      return first.warehouse < second.warehouse
    end
    return (first.quantity > second.quantity) == (change < 0)
  end)
  local moves = {}
  local remaining = change
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local move = remaining
    if change < 0 then
      move = -math.min(-remaining, math.max(level.quantity, 0))
    end
    moves[position] = move
    remaining = remaining - move
  end
  return moves, remaining
end

return share_units
