local stored_units = require("lib.stored_units")

--- Reads a product's total up to a limit. A return without a value keeps the function one.
---
---@version 1.0.0
---@param stock key.stock read
---@param limit units the most that it counts
---@return units? counted sometimes absent if there is no total
---@cost O(1)
---@resend safe it only reads
---@many 50
---
---@example There is a total.
---  given  HSET {stock} total 7
---  call   limit=5
---  reply  counted=5
---@example There is none, so the reply is nil, and the other replies of a run stay in their places.
---  call   limit=5
---  reply
---@example A total that is no integer is named.
---  given  HSET {stock} total many
---  call   limit=5
---  error  CORRUPT total
local function count(stock, limit)
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return
  end
  return math.min(total, limit)
end

return count
