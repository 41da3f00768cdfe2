--- Notes a change, and goes on where that fails.
---
---@version 1.0.0
---@param stock key.stock write
---@param changes key.changes write
---@param quantity units
---@return "set" outcome
---@cost O(log N), N the changes
---@resend safe the same level is set again
---
---@example The usual case.
---  call   quantity=5
---  reply  outcome=set
---@example Changes of another type.
---  given  SET {changes} none
---  call   quantity=5
---  reply  outcome=set
---@example A stock of another type is named, and nothing is written.
---  given  SET {stock} none
---  call   quantity=5
---  error  WRONGTYPE
local function try(stock, changes, quantity)
  redis.call("HSET", stock, "total", quantity)
  -- moonpath-allow errors/swallowed: the list of changes is for people only, and may be lost
  redis.pcall("ZADD", changes, quantity, "total")
  return "set"
end

return try
