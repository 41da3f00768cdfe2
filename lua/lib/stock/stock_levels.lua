local corrupt = require("lib.corrupt")
local stored_level = require("lib.stock.stored_level")

-- A product has at most 100 warehouses; the type total depends on it.
local MAX_WAREHOUSES = 100
-- Each of 100 warehouses has two fields, a level and a sequence. The other two are total and held.
local MAX_FIELDS = 202

--- Reads the levels of a product's warehouses.
---
---@param stock key.stock
---@param warehouse id|nil only this warehouse's level; nil: the levels of all
---@return warehouse_level[] levels in no particular order, at most 100
---@return integer total the sum of all levels
local function stock_levels(stock, warehouse)
  if redis.call("HLEN", stock) > MAX_FIELDS then
    corrupt("stock of more than 100 warehouses", 2)
  end
  local fields = redis.call("HGETALL", stock)
  local levels = {}
  local count = 0
  local total = 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local name = string.match(fields[position], "^level:(.+)$")
    if name then
      local quantity = stored_level(fields[position + 1])
      count = count + 1
      total = total + quantity
      if not warehouse or warehouse == name then
        levels[#levels + 1] = { warehouse = name, quantity = quantity }
      end
    end
  end
  if count > MAX_WAREHOUSES then
    corrupt("stock of more than 100 warehouses", 2)
  end
  return levels, total
end

return stock_levels
