--- Estimates how many different people viewed a product in a period.
---
--- The estimate comes from a HyperLogLog. Its error is about 1 %; small numbers are exact in
--- practice.
---
--- A damaged HyperLogLog is an error INVALIDOBJ, unless the key has a stored estimate. The repair is to
--- delete the key, which loses the viewers of the period.
---
---@version 1.0.0
---@param viewers_key key.viewers write Redis stores the estimate in the key
---@return estimate viewers how many people viewed the product
---@cost O(1)
---@resend safe it changes only the stored estimate
---
---@example Two people viewed a product.
---  given  PFADD {viewers} ada bob
---  call   period=2026-11-27
---  reply  viewers=2
---@example Nobody viewed the product.
---  call   period=2026-11-27
---  reply  viewers=0
---@example A key that is not a HyperLogLog is an error.
---  given  SET {viewers} many
---  call   period=2026-11-27
---  error  WRONGTYPE
---@example A damaged HyperLogLog is an error.
---  given  PFADD {viewers} ada bob
---  given  SETRANGE {viewers} 16 damaged
---  call   period=2026-11-27
---  error  INVALIDOBJ
local function viewers(viewers_key)
  return redis.call("PFCOUNT", viewers_key)
end

return viewers
