local stored_level = require("lib.stock.stored_level")

--- Takes units from several warehouses, from the fullest first.
---
--- If levels are equal, the first name comes first.
---
---@param fields string[] as stock_levels returned them, at most 204
---@param units integer
---@return table changed the new levels: field, level, field, level …; the fullest comes first
---@return integer missing the units that no warehouse has
local function take_units(fields, units)
  local levels = {}
  -- at most 204 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      levels[#levels + 1] = { field = fields[position], quantity = stored_level(fields[position + 1]) or 0 }
    end
  end
  table.sort(levels, function(first, second)
    if first.quantity == second.quantity then
      return first.field < second.field
    end
    return first.quantity > second.quantity
  end)
  local changed = {}
  local missing = units
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local taken = math.min(missing, math.max(level.quantity, 0))
    if taken > 0 or position == 1 then
      changed[#changed + 1] = level.field
      changed[#changed + 1] = level.quantity - taken
    end
    missing = missing - taken
  end
  return changed, missing
end

return take_units
