local corrupt = require("lib.corrupt")
local stored_integer = require("lib.stored_integer")

local MOST_TOTAL = 100000000000000

--- A product's units over all warehouses, and how many of them reservations hold.
---
---@param stock key.stock
---@return integer|nil total nil: there is no such stock yet
---@return integer held
local function stock_held(stock)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total = stored_integer(stored[1], "total", -MOST_TOTAL, MOST_TOTAL)
  local held = stored_integer(stored[2], "held", 0, MOST_TOTAL)
  if held and not total then
    corrupt("total", 2)
  end
  return total, held or 0
end

return stock_held
