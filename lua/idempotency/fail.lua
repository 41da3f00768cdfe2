local stored_integer = require("lib.stored_integer")

--- Gives a request back unfinished, so that anybody may run it at once.
---
--- Only for a request that had no effect. What stays is the fence, so that the next one is higher.
---
---@version 1.0.0
---@param request key.request write
---@param owner id as begun
---@param fence fence as begun
---@return "released"|"lost" outcome lost: it is done, or another runner has taken over
---@cost O(1)
---@resend safe a second run finds no owner and changes nothing
---
---@example A runner gives up.
---  given  HSET {request} state running owner worker-1 fence 7 fingerprint f00d lease_ends {now+20000}
---  call   owner=worker-1 fence=7
---  reply  outcome=released
---  again  outcome=lost
---  then   HGETALL {request} = fence 7
---@example A finished request stays finished.
---  given  HSET {request} state done owner worker-1 fence 7 fingerprint f00d reply fine
---  call   owner=worker-1 fence=7
---  reply  outcome=lost
---@example A corrupt fence is named, and nothing is written.
---  given  HSET {request} state running owner worker-1 fence seven fingerprint f00d lease_ends {now+20000}
---  call   owner=worker-1 fence=7
---  error  CORRUPT fence
local function fail(request, owner, fence)
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, runner = stored[1], stored[2]
  if runner ~= owner or stored_integer(stored[3], "fence") ~= fence or state ~= "running" then
    return "lost"
  end
  redis.call("HDEL", request, "state", "owner", "fingerprint", "lease_ends")
  return "released"
end

return fail
