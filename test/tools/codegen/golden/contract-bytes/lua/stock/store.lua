--- Stores what lies on one shelf.
---
---@version 1.0.0
---@param stock key.stock write
---@param shelf entry_body[]
---@param quantity units on the shelf now
---@return "set" outcome
---@cost O(1)
---@resend safe the same level is set again
---
---@example A shelf gets its level.
---  call   shelf=["a1"] quantity=5
---  reply  outcome=set
---  then   HGET {stock} a1 = 5
---@example A level replaces the one before.
---  given  HSET {stock} a1 7
---  call   shelf=["a1"] quantity=5
---  reply  outcome=set
---@example More than a shelf holds is refused.
---  call   shelf=["a1"] quantity=1000001
---  error  ARGUMENT stock.store quantity
local function store(stock, shelf, quantity)
  redis.call("HSET", stock, shelf[1] or "", quantity)
  return "set"
end

return store
