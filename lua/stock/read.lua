local stock_held = require("lib.stock_held")
local stock_levels = require("lib.stock_levels")
local stock_status = require("lib.stock_status")

--- Reads a product's stock: total, status and the level of each warehouse.
---
--- A reservation whose lease is over counts as held until it is swept, or somebody reserves.
---
---@version 1.1.1
---@param stock key.stock read
---@param low units at or below this many available the product counts as low
---@return "known"|"unknown" outcome unknown: no warehouse has reported yet
---@return total? total when known: over all warehouses
---@return stock_status? status when known: of what is available
---@return warehouse_level[]? levels when known: by the warehouses' names
---@return available? available when known: the total without what reservations hold
---@cost O(W log W), W the product's warehouses, at most 100
---@resend safe it only reads
---
---@example Two warehouses add up.
---  given  HSET {stock} total 12 level:paris 7 seq:paris 1 level:berlin 5 seq:berlin 9
---  call   low=2
---  reply  outcome=known total=12 status=in_stock levels=[["berlin",5],["paris",7]] available=12
---@example What reservations hold is not available.
---  given  HSET {stock} total 5 held 4 level:berlin 5 seq:berlin 9
---  call   low=2
---  reply  outcome=known total=5 status=low_stock levels=[["berlin",5]] available=1
---@example Nothing is known of a product that no warehouse has reported.
---  call   low=2
---  reply  outcome=unknown
---@example A corrupt level is named.
---  given  HSET {stock} total 12 level:paris 7.5 seq:paris 1
---  call   low=2
---  error  CORRUPT level of a warehouse
local function read(stock, low)
  local _, held = stock_held(stock)
  local levels = stock_levels(stock)
  if #levels == 0 then
    return "unknown"
  end
  local total = 0
  -- at most 100 warehouses
  for _, level in ipairs(levels) do
    total = total + level.quantity
  end
  return "known", total, stock_status(total - held, low), levels, total - held
end

return read
