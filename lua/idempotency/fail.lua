local stored_integer = require("lib.stored_integer")

--- Ends a request without a reply: any runner may run it at once.
---
--- Use it only for a request that had no effect. The fence stays stored, because the next one must
--- be higher.
---
---@version 1.0.0
---@param request key.request write
---@param owner id as given to begin
---@param fence fence as begin returned it
---@return "released"|"lost" outcome released: any runner may run the request; lost: the request is
---   done, or another runner has taken over
---@cost O(1)
---@resend safe a second run finds no owner and changes nothing
---
---@example A runner ends its request without a reply.
---  given  HSET {request} state running owner worker-1 fence 7
---         payload_hash f00d lease_ends {now+20000}
---  call   owner=worker-1 fence=7
---  reply  outcome=released
---  again  outcome=lost
---  then   HGETALL {request} = fence 7
---@example A request that is done stays done.
---  given  HSET {request} state done owner worker-1 fence 7 payload_hash f00d reply fine
---  call   owner=worker-1 fence=7
---  reply  outcome=lost
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {request} state running owner worker-1 fence seven
---         payload_hash f00d lease_ends {now+20000}
---  call   owner=worker-1 fence=7
---  error  CORRUPT fence
local function fail(request, owner, fence)
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, stored_owner = stored[1], stored[2]
  if stored_owner ~= owner or stored_integer(stored[3], "fence") ~= fence or state ~= "running" then
    return "lost"
  end
  redis.call("HDEL", request, "state", "owner", "payload_hash", "lease_ends")
  return "released"
end

return fail
