local corrupt = require("lib.corrupt")
local stock_held = require("lib.stock_held")
local stock_status = require("lib.stock_status")
local stored_integer = require("lib.stored_integer")

local MOST_WAREHOUSES = 100
local MOST_UNITS = 1000000000000

--- Sets one warehouse's stock of a product and returns the product's total and status.
---
--- The quantity is a count of the shelf, every adjustment made before it included; what reservations hold still lies there.
--- Events may arrive twice or late: one already applied, or older than the warehouse's latest, changes nothing.
---
---@version 1.1.0
---@param stock key.stock write
---@param warehouse id
---@param quantity units on hand now
---@param sequence sequence the warehouse's event number; higher is later
---@param low units at or below this many available the product counts as low
---@return "applied"|"repeated"|"stale"|"full" outcome full: the product is in 100 other warehouses already
---@return total? total when applied|repeated|stale: over all warehouses
---@return stock_status? status when applied|repeated|stale: of what is available, the total without what is held
---@return available? available when applied|repeated|stale
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
---@example What reservations hold is not available.
---  given  HSET {stock} total 5 held 4 level:berlin 5 seq:berlin 9
---  call   warehouse=berlin quantity=6 sequence=10 low=2
---  reply  outcome=applied total=6 status=low_stock available=2
---  again  outcome=repeated total=6 status=low_stock available=2
---@example A total that is no integer is named, and nothing is written.
---  given  HSET {stock} total many level:berlin 5 seq:berlin 9
---  call   warehouse=berlin quantity=7 sequence=10 low=2
---  error  CORRUPT total
local function set_level(stock, warehouse, quantity, sequence, low)
  local level_field = "level:" .. warehouse
  local sequence_field = "seq:" .. warehouse
  local total, held = stock_held(stock)
  local stored = redis.call("HMGET", stock, level_field, sequence_field)
  local level = stored_integer(stored[1], "level of a warehouse", -MOST_UNITS, MOST_UNITS)
  local latest = stored_integer(stored[2], "sequence of a warehouse")

  if not total and redis.call("HLEN", stock) > 0 then
    corrupt("total")
  end
  total = total or 0

  if latest and sequence == latest then
    return "repeated", total, stock_status(total - held, low), total - held
  end
  if latest and sequence < latest then
    return "stale", total, stock_status(total - held, low), total - held
  end

  -- A warehouse has two fields; the total is one, and so is what is held.
  if
    not level and redis.call("HLEN", stock) >= 2 * MOST_WAREHOUSES + redis.call("HEXISTS", stock, "held")
  then
    return "full"
  end

  local new_total = total - (level or 0) + quantity
  redis.call("HSET", stock, "total", new_total, level_field, quantity, sequence_field, sequence)
  return "applied", new_total, stock_status(new_total - held, low), new_total - held
end

return set_level
