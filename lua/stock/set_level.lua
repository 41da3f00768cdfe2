local corrupt = require("lib.corrupt")
local stock_counts = require("lib.stock.stock_counts")
local stock_status = require("lib.stock.stock_status")
local stored_integer = require("lib.stored_integer")
local stored_level = require("lib.stock.stored_level")

local MAX_WAREHOUSES = 100

--- Sets one warehouse's stock of a product and returns the product's total and status.
---
--- The quantity is what the warehouse counted, after all adjustments before the count. It includes
--- held units. Events may arrive twice or late. An event whose sequence is not above the
--- latest one of the warehouse changes nothing.
---
---@version 1.1.0
---@param stock key.stock write
---@param warehouse id the warehouse that counted
---@param quantity units in the warehouse now
---@param sequence sequence the warehouse's event number; higher is later
---@param low units at this number of available units or below, the product counts as low
---@return "applied"|"repeated"|"stale"|"full" outcome applied: the level is set; repeated: the
---   sequence equals the latest one of the warehouse; stale: it is lower; full: 100 other
---   warehouses already have the product
---@return total? total when applied|repeated|stale: over all warehouses
---@return stock_status? status when applied|repeated|stale: of the available units
---@return available? available when applied|repeated|stale: the total minus held units
---@cost O(1)
---@resend safe the sequence makes a second run change nothing
---
---@example The first event of a warehouse sets its level.
---  given  HSET {stock} total 5 level:berlin 5 seq:berlin 9
---  call   warehouse=paris quantity=7 sequence=1 low=2
---  reply  outcome=applied total=12 status=in_stock available=12
---  again  outcome=repeated total=12 status=in_stock available=12
---  then   HGET {stock} level:paris = 7
---@example A later event replaces the level.
---  given  HSET {stock} total 5 level:berlin 5 seq:berlin 9
---  call   warehouse=berlin quantity=2 sequence=10 low=2
---  reply  outcome=applied total=2 status=low_stock available=2
---  again  outcome=repeated total=2 status=low_stock available=2
---@example A late event changes nothing.
---  given  HSET {stock} total 5 level:berlin 5 seq:berlin 9
---  call   warehouse=berlin quantity=7 sequence=8 low=2
---  reply  outcome=stale total=5 status=in_stock available=5
---@example Held units are not available.
---  given  HSET {stock} total 5 held 4 level:berlin 5 seq:berlin 9
---  call   warehouse=berlin quantity=6 sequence=10 low=2
---  reply  outcome=applied total=6 status=low_stock available=2
---  again  outcome=repeated total=6 status=low_stock available=2
---@example A total that is not an integer is an error, and nothing is written.
---  given  HSET {stock} total many level:berlin 5 seq:berlin 9
---  call   warehouse=berlin quantity=7 sequence=10 low=2
---  error  CORRUPT total
local function set_level(stock, warehouse, quantity, sequence, low)
  local level_field = "level:" .. warehouse
  local sequence_field = "seq:" .. warehouse
  local total, held = stock_counts(stock)
  local stored = redis.call("HMGET", stock, level_field, sequence_field)
  local level = stored_level(stored[1])
  local last_sequence = stored_integer(stored[2], "sequence of a warehouse")

  if not total and redis.call("HLEN", stock) > 0 then
    corrupt("total")
  end
  total = total or 0

  if last_sequence and sequence == last_sequence then
    return "repeated", total, stock_status(total - held, low), total - held
  end
  if last_sequence and sequence < last_sequence then
    return "stale", total, stock_status(total - held, low), total - held
  end

  -- Each warehouse has two fields. The field total exists too, and maybe the field held.
  if not level and redis.call("HLEN", stock) >= 2 * MAX_WAREHOUSES + redis.call("HEXISTS", stock, "held") then
    return "full"
  end

  local new_total = total - (level or 0) + quantity
  redis.call("HSET", stock, "total", new_total, level_field, quantity, sequence_field, sequence)
  return "applied", new_total, stock_status(new_total - held, low), new_total - held
end

return set_level
