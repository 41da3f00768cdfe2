local stored_integer = require("lib.stored_integer")

--- Gives a lock's holder a new lease, from now on; one that runs longer already stays.
---
---@version 1.0.0
---@param lock key.lock write
---@param owner id as acquired
---@param fence fence as acquired
---@param lease_ms ms how long the lock is held from now on
---@return "renewed"|"lost" outcome lost: the lease ended, whoever has the lock now
---@cost O(1)
---@resend safe a second run, however late, shortens no lease
---
---@example The holder gets a new lease.
---  given  HSET {lock} owner alice fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7 lease_ms=30000
---  reply  outcome=renewed
---@example A lock that went to somebody else is lost.
---  given  HSET {lock} owner bob fence 8
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7 lease_ms=30000
---  reply  outcome=lost
---@example A corrupt fence is named, and nothing is written.
---  given  HSET {lock} owner alice fence seven
---  call   owner=alice fence=7 lease_ms=30000
---  error  CORRUPT fence
local function renew(lock, owner, fence, lease_ms)
  local held = redis.call("HMGET", lock, "owner", "fence")
  if held[1] ~= owner or stored_integer(held[2], "fence") ~= fence then
    return "lost"
  end
  redis.call("PEXPIRE", lock, lease_ms, "GT")
  return "renewed"
end

return renew
