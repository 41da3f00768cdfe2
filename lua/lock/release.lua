local stored_integer = require("lib.stored_integer")

--- Releases a lock if the caller still holds it, and wakes the callers that wait for it.
---
---@version 1.0.1
---@param lock key.lock write
---@param owner id as given to acquire
---@param fence fence as acquire returned it
---@return "released"|"lost" outcome released: the lock is free; lost: the caller does not hold the
---   lock any more
---@cost O(1)
---@resend safe a second run finds no lock, or another holder, and changes nothing
---
---@example The holder releases the lock.
---  given  HSET {lock} owner alice fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7
---  reply  outcome=released
---  again  outcome=lost
---  then   EXISTS {lock} = 0
---@example A lock that another owner holds stays locked.
---  given  HSET {lock} owner bob fence 8
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7
---  reply  outcome=lost
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {lock} owner alice fence seven
---  call   owner=alice fence=7
---  error  CORRUPT fence
local function release(lock, owner, fence)
  local stored = redis.call("HMGET", lock, "owner", "fence", "waited")
  if stored[1] ~= owner or stored_integer(stored[2], "fence") ~= fence then
    return "lost"
  end
  if stored[3] then
    redis.call("PUBLISH", lock, "released")
  end
  redis.call("DEL", lock)
  return "released"
end

return release
