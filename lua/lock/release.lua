local stored_integer = require("lib.stored_integer")

--- Lets go of a lock, if the caller still holds it, and wakes who waits for it.
---
---@version 1.0.1
---@param lock key.lock write
---@param owner id as acquired
---@param fence fence as acquired
---@return "released"|"lost" outcome lost: the caller no longer held it
---@cost O(1)
---@resend safe a second run finds the lock gone, or with another holder, and changes nothing
---
---@example The holder lets go.
---  given  HSET {lock} owner alice fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7
---  reply  outcome=released
---  again  outcome=lost
---  then   EXISTS {lock} = 0
---@example A lock that went to somebody else stays there.
---  given  HSET {lock} owner bob fence 8
---  given  PEXPIRE {lock} 20000
---  call   owner=alice fence=7
---  reply  outcome=lost
---@example A corrupt fence is named, and nothing is written.
---  given  HSET {lock} owner alice fence seven
---  call   owner=alice fence=7
---  error  CORRUPT fence
local function release(lock, owner, fence)
  local held = redis.call("HMGET", lock, "owner", "fence", "waited")
  if held[1] ~= owner or stored_integer(held[2], "fence") ~= fence then
    return "lost"
  end
  if held[3] then
    redis.call("PUBLISH", lock, "released")
  end
  redis.call("DEL", lock)
  return "released"
end

return release
