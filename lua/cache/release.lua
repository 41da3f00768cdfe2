local lease_of = require("lib.cache.lease_of")

--- Gives a lease back without a fill, and wakes the callers that wait: one of them loads.
---
---@version 1.0.0
---@param cache_lease key.cache_lease write
---@param fill_id fill_id as in the call of cache.read; also if its reply was lost
---@return "released"|"lost" outcome lost: the load did not have the lease
---@cost O(1)
---@resend safe a second run finds no lease, or that of another load
---@many 100
---
---@example The holder gives its lease back.
---  given  SET {cache_lease} "aaaaaaaaaaaa waited" PX 5000
---  call   fill_id=aaaaaaaaaaaa
---  reply  outcome=released
---  again  outcome=lost
---  then   EXISTS {cache_lease} = 0
---@example The lease of another load stays.
---  given  SET {cache_lease} bbbbbbbbbbbb PX 5000
---  call   fill_id=aaaaaaaaaaaa
---  reply  outcome=lost
---@example There is no lease.
---  call   fill_id=aaaaaaaaaaaa
---  reply  outcome=lost
local function release(cache_lease, fill_id)
  local holder, waited = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "lost"
  end
  redis.call("DEL", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "released")
  end
  return "released"
end

return release
