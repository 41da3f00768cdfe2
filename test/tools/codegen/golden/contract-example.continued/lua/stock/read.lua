local stored_units = require("lib.stored_units")

--- Reads how many units of a product there are.
---
---@version 1.0.0
---@param stock key.stock read
---   of one product
---@return "known"|"unknown" outcome unknown:
---   no shelf has reported yet
---@return units? total
---   when known: over all shelves
---     of the product
---@cost O(1),
---   whatever the number of shelves
---@resend safe
---   it only reads
---
---@example A product that is known.
---  given  HSET {stock} total 5
---         first 2 second {shelf}
---  reply  outcome=known
---         total=5
---  then   HMGET {stock}
---         first second
---         = 2 3
---@example A product that is not known.
---  reply  outcome=unknown
---@example A total that is no integer is named.
---  given  HSET {stock} total many
---  error  CORRUPT total
local function read(stock)
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return "unknown"
  end
  return "known", total
end

return read
