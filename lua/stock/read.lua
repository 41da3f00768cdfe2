local stock_counts = require("lib.stock.stock_counts")
local stock_levels = require("lib.stock.stock_levels")
local stock_status = require("lib.stock.stock_status")

--- Reads a product's stock: total, status and the level of each warehouse.
---
--- A reservation whose lease has ended stays in `held` until a reserve, a sweep or a release ends
--- it.
---
---@version 1.1.1
---@param stock key.stock read
---@param low units at this number of available units or below, the product counts as low
---@return "known"|"unknown" outcome known: the product has stock; unknown: no warehouse has a level
---@return total? total when known: over all warehouses
---@return stock_status? status when known: of the available units
---@return warehouse_level[]? levels when known: sorted by warehouse
---@return available? available when known: the total minus held units
---@cost O(W log W), W the product's warehouses, at most 100
---@resend safe it only reads
---
---@example The total is the sum of two warehouses.
---  given  HSET {stock} total 12 level:paris 7 seq:paris 1 level:berlin 5 seq:berlin 9
---  call   low=2
---  reply  outcome=known total=12 status=in_stock levels=[["berlin",5],["paris",7]] available=12
---@example Held units are not available.
---  given  HSET {stock} total 5 held 4 level:berlin 5 seq:berlin 9
---  call   low=2
---  reply  outcome=known total=5 status=low_stock levels=[["berlin",5]] available=1
---@example A product that no warehouse has is unknown.
---  call   low=2
---  reply  outcome=unknown
---@example A corrupt level is an error.
---  given  HSET {stock} total 12 level:paris 7.5 seq:paris 1
---  call   low=2
---  error  CORRUPT level of a warehouse
local function read(stock, low)
  local _, held = stock_counts(stock)
  local levels, total = stock_levels(stock)
  if #levels == 0 then
    return "unknown"
  end
  table.sort(levels, function(first, second)
    return first.warehouse < second.warehouse
  end)
  return "known", total, stock_status(total - held, low), levels, total - held
end

return read
