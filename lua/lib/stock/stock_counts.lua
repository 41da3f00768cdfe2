local corrupt = require("lib.corrupt")
local stored_integer = require("lib.stored_integer")

-- The upper bound of the type total.
local MAX_TOTAL = 100000000000000

--- Reads a product's total over all warehouses, and how many units reservations hold.
---
---@param stock key.stock
---@return integer|nil total nil: no stock of the product is stored
---@return integer held
local function stock_counts(stock)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total = stored_integer(stored[1], "total", -MAX_TOTAL, MAX_TOTAL)
  local held = stored_integer(stored[2], "held", 0, MAX_TOTAL)
  if held and not total then
    corrupt("total", 2)
  end
  return total, held or 0
end

return stock_counts
