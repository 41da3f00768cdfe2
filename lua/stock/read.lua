local stock_counts = require("lib.stock.stock_counts")
local stock_status = require("lib.stock.stock_status")

--- Reads the summary of a product's stock: total, available units and status.
---
--- A reservation whose lease has ended stays in `held` until a reserve, a sweep or a release ends
--- it. `levels` reads the level of each warehouse.
---
---@version 1.0.0
---@param stock key.stock read
---@param low units at this number of available units or below, the product counts as low
---@return "known"|"unknown" outcome known: the product has stock; unknown: no warehouse has a level
---@return total? total when known: over all warehouses
---@return stock_status? status when known: of the available units
---@return available? available when known: the total minus held units
---@cost O(1)
---@resend safe it only reads
---
---@example The total is the sum of two warehouses.
---  given  HSET {stock} total 12 level:paris 7 level:berlin 5
---  call   low=2
---  reply  outcome=known total=12 status=in_stock available=12
---@example Held units are not available.
---  given  HSET {stock} total 5 held 4 level:berlin 5
---  call   low=2
---  reply  outcome=known total=5 status=low_stock available=1
---@example A product that no warehouse has is unknown.
---  call   low=2
---  reply  outcome=unknown
---@example A total that is not an integer is an error.
---  given  HSET {stock} total 12.5 level:paris 7
---  call   low=2
---  error  CORRUPT total
local function read(stock, low)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
  if total then
    return "known", total, stock_status(total - held, low), total - held
  end
  -- Units may still be held if the product was forgotten, and it may be watched. No other field may
  -- exist.
  local others = redis.call("HMGET", stock, "prepared", "watch")
  if redis.call("HLEN", stock) > (stored[2] and 1 or 0) + (others[1] and 1 or 0) + (others[2] and 1 or 0) then
    error({ err = "CORRUPT total" })
  end
  return "unknown"
end

return read
