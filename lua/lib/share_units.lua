--- Shares a movement of units out among warehouses: a sale draws on the fullest first, a return goes to the emptiest.
---
--- The name decides between equals. Sorts the levels on its way.
---
---@param change integer below zero for a sale
---@param levels warehouse_level[] at most 100
---@return integer[] moves what each of the sorted levels gives (below zero) or takes
---@return integer left of the change when all have given what they have
local function share_units(change, levels)
  table.sort(levels, function(one, other)
    if one.quantity == other.quantity then
      return one.warehouse < other.warehouse
    end
    return (one.quantity > other.quantity) == (change < 0)
  end)
  local moves = {}
  local left = change
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local move = left
    if change < 0 then
      move = -math.min(-left, math.max(level.quantity, 0))
    end
    moves[position] = move
    left = left - move
  end
  return moves, left
end

return share_units
