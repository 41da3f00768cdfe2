--- Notes an order, once for each operation.
---
---@version 1.0.0
---@param order key.order write
---@param quantity units
---@param shelf id? any shelf where there is none
---@param at_least units? the whole quantity where there is none
---@param packing packing?
---@param speed "slow"|"fast"?
---@param gift flag
---@return "noted"|"repeated" outcome
---@cost O(1)
---@resend safe the key is the operation's own
---
---@example An order of everything.
---  call   operation=one quantity=5 shelf=a1 at_least=2 packing=bag speed=fast gift=yes
---  reply  outcome=noted
---  again  outcome=repeated
---  then   HMGET {order} quantity shelf at_least packing speed gift = 5 a1 2 bag fast 1
---@example An order without what may be absent.
---  call   operation=one quantity=5 gift=no
---  reply  outcome=noted
---  again  outcome=repeated
---  then   HMGET {order} quantity shelf at_least packing speed gift = 5 - 5 box slow 0
---@example No packing of that kind.
---  call   operation=one quantity=5 packing=sack gift=no
---  error  ARGUMENT stock.order packing
local function order(order, quantity, shelf, at_least, packing, speed, gift)
  if redis.call("HLEN", order) > 0 then
    return "repeated"
  end
  redis.call("HSET", order, "quantity", quantity, "shelf", shelf or "-", "at_least", at_least or quantity)
  redis.call("HSET", order, "packing", packing or "box", "speed", speed or "slow", "gift", gift and 1 or 0)
  return "noted"
end

return order
