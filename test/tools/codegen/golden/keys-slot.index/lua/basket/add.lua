--- Puts a product into a customer's basket.
---
---@version 1.0.0
---@param basket key.basket write
---@param labels key.slot_label read
---@param item id
---@return "added"|"unknown" outcome
---@cost O(1)
---@resend safe a set holds each product once
---
---@example A product whose label is printed.
---  given  ZADD {slot_label} 5 lamp
---  call   item=lamp
---  reply  outcome=unknown
---@example A product without a label.
---  call   item=lamp
---  reply  outcome=added
---@example A basket of another type is named.
---  given  SET {basket} 5
---  call   item=lamp
---  error  WRONGTYPE
local function add(basket, labels, item)
  if redis.call("ZSCORE", labels, item) then
    return "unknown"
  end
  redis.call("SADD", basket, item)
  return "added"
end

return add
