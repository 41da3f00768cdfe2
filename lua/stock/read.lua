local stock_levels = require("lib.stock_levels")
local stock_status = require("lib.stock_status")

--- Reads a product's stock: total, status and the level of each warehouse.
---
---@version 1.0.0
---@param stock key.stock read
---@param low units at or below this total the product counts as low
---@return "known"|"unknown" outcome unknown: no warehouse has reported yet
---@return total? total when known: over all warehouses
---@return stock_status? status when known
---@return warehouse_level[]? levels when known: by the warehouses' names
---@cost O(W log W), W the product's warehouses, at most 100
---@resend safe it only reads
---
---@example Two warehouses add up.
---  given  HSET {stock} total 12 level:paris 7 seq:paris 1 level:berlin 5 seq:berlin 9
---  call   low=2
---  reply  outcome=known total=12 status=in_stock levels=[["berlin",5],["paris",7]]
---@example Nothing is known of a product that no warehouse has reported.
---  call   low=2
---  reply  outcome=unknown
---@example A corrupt level is named.
---  given  HSET {stock} total 12 level:paris 7.5 seq:paris 1
---  call   low=2
---  error  CORRUPT level of a warehouse
local function read(stock, low)
  local levels = stock_levels(stock)
  if #levels == 0 then
    return "unknown"
  end
  local total = 0
  -- at most 100 warehouses
  for _, level in ipairs(levels) do
    total = total + level.quantity
  end
  return "known", total, stock_status(total, low), levels
end

return read
