local lease_of = require("lib.cache.lease_of")

--- Extends the lease of a load that takes longer.
---
---@version 1.0.0
---@param cache_lease key.cache_lease write
---@param fill_id fill_id as in the call of cache.read that granted the lease
---@param lease_ms ms from now on
---@return "renewed"|"lost" outcome lost: the lease has ended, or was taken away, so a fill will be refused
---@cost O(1)
---@resend safe a second run sets the same time again
---@many 100
---
---@example The holder renews its lease.
---  given  SET {cache_lease} "aaaaaaaaaaaa waited" PX 5000
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  reply  outcome=renewed
---@example The lease of another load stays as it is.
---  given  SET {cache_lease} bbbbbbbbbbbb PX 5000
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  reply  outcome=lost
---@example There is no lease.
---  call   fill_id=aaaaaaaaaaaa lease_ms=5000
---  reply  outcome=lost
local function renew(cache_lease, fill_id, lease_ms)
  local holder = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "lost"
  end
  redis.call("PEXPIRE", cache_lease, lease_ms)
  return "renewed"
end

return renew
