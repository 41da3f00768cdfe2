--- Tells about how many different people viewed a product in a period.
---
--- The estimate of a HyperLogLog, with an error of about 1 %; small numbers are exact in practice.
---
---@version 1.0.0
---@param seen key.viewers write Redis keeps the estimate with the key
---@return estimate viewers
---@cost O(1)
---@resend safe it changes nothing but the kept estimate
---
---@example Two people viewed a product.
---  given  PFADD {viewers} ada bob
---  call   period=2026-11-27
---  reply  viewers=2
---@example Nobody viewed it.
---  call   period=2026-11-27
---  reply  viewers=0
---@example A key that counts nobody is refused.
---  given  SET {viewers} many
---  call   period=2026-11-27
---  error  WRONGTYPE
local function viewers(seen)
  return redis.call("PFCOUNT", seen)
end

return viewers
