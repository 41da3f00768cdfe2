local corrupt = require("lib.corrupt")
local stored_integer = require("lib.stored_integer")

local MOST_LEVEL = 1000000000000
local MOST_WAREHOUSES = 100
-- A level and a sequence of each of 100 warehouses, the total, and what is held.
local MOST_FIELDS = 202

--- A product's levels, by the warehouses' names in the server's collation.
---
---@param stock key.stock
---@return warehouse_level[] levels
local function stock_levels(stock)
  if redis.call("HLEN", stock) > MOST_FIELDS then
    corrupt("stock of more than 100 warehouses", 2)
  end
  local fields = redis.call("HGETALL", stock)
  local levels = {}
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local warehouse = string.match(fields[position], "^level:(.+)$")
    if warehouse then
      levels[#levels + 1] = {
        warehouse = warehouse,
        quantity = stored_integer(fields[position + 1], "level of a warehouse", -MOST_LEVEL, MOST_LEVEL),
      }
    end
  end
  if #levels > MOST_WAREHOUSES then
    corrupt("stock of more than 100 warehouses", 2)
  end
  table.sort(levels, function(one, other)
    return one.warehouse < other.warehouse
  end)
  return levels
end

return stock_levels
