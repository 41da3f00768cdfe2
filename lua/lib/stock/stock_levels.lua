local stock_counts = require("lib.stock.stock_counts")

--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
---
--- The levels must add up to the total. If levels are equal, the first name comes first.
---
---@param stock key.stock
---@param direction integer 1 to find the fullest warehouse, -1 to find the emptiest
---@return string[] fields of the stock: name, value, name, value …
---@return integer|nil total nil: the product has no stock
---@return integer held
---@return string|nil field `level:` and the name of the warehouse that was found
---@return integer|nil level of this warehouse
---@return string|false watch the field `watch`; false: the product is not watched
---@return string|false prepared the units of carts that are being committed, as Redis returned them
local function stock_levels(stock, direction)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_SUMMED_LEVEL = 1000000000000
  -- A product has at most 100 warehouses, each with a level and an event. The other four fields are
  -- total, held, prepared and watch.
  local MAX_FIELDS = 204
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared, watch = false, false, false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 204 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    if string.find(field, "^level:") then
      local level = tonumber(fields[position + 1])
      if not level or level % 1 ~= 0 or level < -MAX_SUMMED_LEVEL or level > MAX_SUMMED_LEVEL then
        error({ err = "CORRUPT level of a warehouse" })
      end
      sum = sum + level
      local lead = found_level and (level - found_level) * direction or 1
      if lead > 0 or (lead == 0 and field < found) then
        found, found_level = field, level
      end
    elseif field == "total" then
      stored_total = fields[position + 1]
    elseif field == "held" then
      stored_held = fields[position + 1]
    elseif field == "prepared" then
      stored_prepared = fields[position + 1]
    elseif field == "watch" then
      watch = fields[position + 1]
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level, watch, stored_prepared
end

return stock_levels
