--- Redeems a voucher for a customer, once, as long as uses are left.
---
--- A customer who redeems it again takes no further use.
---
---@version 1.0.0
---@param voucher key.voucher write
---@param customer id
---@param limit uses by all customers together
---@return "redeemed"|"repeated"|"spent" outcome spent: no use is left
---@return uses? left when redeemed|repeated: for other customers
---@cost O(1)
---@resend safe a customer who has redeemed it is known
---
---@example The first customer.
---  call   voucher=SUMMER customer=ada limit=100
---  reply  outcome=redeemed left=99
---  again  outcome=repeated left=99
---  then   SMEMBERS {voucher} = ada
---@example No use is left.
---  given  SADD {voucher} ada bob
---  call   customer=eve limit=2
---  reply  outcome=spent
---@example A key of another type is named, and nothing is written.
---  given  SET {voucher} ada
---  call   customer=eve limit=2
---  error  WRONGTYPE
local function redeem(voucher, customer, limit)
  local used = redis.call("SCARD", voucher)
  if redis.call("SISMEMBER", voucher, customer) == 1 then
    return "repeated", math.max(limit - used, 0)
  end
  if used >= limit then
    return "spent"
  end
  redis.call("SADD", voucher, customer)
  return "redeemed", limit - used - 1
end

return redeem
