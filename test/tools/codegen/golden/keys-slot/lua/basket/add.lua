--- Puts a product into a customer's basket.
---
---@version 1.0.0
---@param basket key.basket write
---@param stock key.stock read
---@param item id
---@return "added"|"unknown" outcome
---@cost O(1)
---@resend safe a set holds each product once
---
---@example A product that is known.
---  given  HSET {stock} total 5
---  call   item=lamp
---  reply  outcome=added
---@example A product that is not known.
---  call   item=lamp
---  reply  outcome=unknown
---@example A basket of another type is named.
---  given  SET {basket} 5
---  call   item=lamp
---  error  WRONGTYPE
local function add(basket, stock, item)
  if redis.call("HLEN", stock) == 0 or redis.call("SISMEMBER", basket, item) == 1 then
    return "unknown"
  end
  redis.call("SADD", basket, item)
  return "added"
end

return add
