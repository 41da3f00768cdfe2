local stored_integer = require("lib.stored_integer")

--- Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
---
---@version 1.0.0
---@param lock key.lock write
---@param owner id as given to acquire
---@param fence fence as acquire returned it
---@param lease_ms ms how long the lock is held from now on
---@return "renewed"|"lost" outcome renewed: the lease is as long as asked, or longer; lost: the
---   lease has ended, and another owner may hold the lock
---@cost O(1)
---@resend safe a second run, however late, makes no lease shorter
---
---@example The holder gets a new lease.
---  given  HSET {lock} owner alice fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7 lease_ms=30000
---  reply  outcome=renewed
---@example A lock that another owner holds is lost.
---  given  HSET {lock} owner bob fence 8
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7 lease_ms=30000
---  reply  outcome=lost
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {lock} owner alice fence seven
---  call   owner=alice fence=7 lease_ms=30000
---  error  CORRUPT fence
local function renew(lock, owner, fence, lease_ms)
  local stored = redis.call("HMGET", lock, "owner", "fence")
  if stored[1] ~= owner or stored_integer(stored[2], "fence") ~= fence then
    return "lost"
  end
  redis.call("PEXPIRE", lock, lease_ms, "GT")
  return "renewed"
end

return renew
