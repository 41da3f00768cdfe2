local stored_integer = require("lib.stored_integer")

--- A product's levels, by the warehouses' names.
---
---@param stock key.stock
---@return warehouse_level[] levels
local function stock_levels(stock)
  local fields = redis.call("HGETALL", stock)
  local levels = {}
  -- at most 201 fields: a level and a sequence of each of 100 warehouses, and the total
  for position = 1, #fields, 2 do
    local warehouse = string.match(fields[position], "^level:(.+)$")
    if warehouse then
      levels[#levels + 1] = {
        warehouse = warehouse,
        quantity = stored_integer(fields[position + 1], "level of a warehouse"),
      }
    end
  end
  table.sort(levels, function(one, other)
    return one.warehouse < other.warehouse
  end)
  return levels
end

return stock_levels
