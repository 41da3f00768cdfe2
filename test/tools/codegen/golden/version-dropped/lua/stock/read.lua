local stored_units = require("lib.stored_units")

--- Reads how many units of a product there are.
---
---@version 2.0.0
---@param stock key.stock read
---@param shelf id
---@return "known"|"unknown" outcome
---@return units? total when known: over all shelves
---@cost O(1)
---@resend safe it only reads
---
---@example A product that is known.
---  given  HSET {stock} total 5
---  call   shelf=total
---  reply  outcome=known total=5
---@example A product that is not known.
---  call   shelf=a1
---  reply  outcome=unknown
---@example A total that is no integer is named.
---  given  HSET {stock} total many
---  call   shelf=total
---  error  CORRUPT total
local function read(stock, shelf)
  local total = stored_units(redis.call("HGET", stock, shelf), "total")
  if not total then
    return "unknown"
  end
  return "known", total
end

return read
