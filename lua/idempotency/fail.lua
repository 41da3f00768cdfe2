local owner_of = require("lib.owner_of")
local stored_integer = require("lib.stored_integer")

-- As in idempotency.begin: how long an owner is remembered.
local REMEMBERED_MS = 660000

--- Ends a request without a reply: any other runner may run it at once.
---
--- Use it only for a request that had no effect. The fence stays stored, because the next one must
--- be higher. Afterwards the owner cannot begin the request any more. So the call also ends an
--- attempt of which the caller got no answer, or which it gives up: then it has no fence.
---
---@version 1.0.0
---@param request key.request write
---@param request_owner key.request_owner write
---@param fence fence? as begin returned it; absent if no answer of begin had the outcome run
---@return "released"|"lost" outcome released: any other runner may run the request; lost: the caller
---   does not run the request, or it is done, and the caller cannot begin it any more
---@cost O(1)
---@oom runs otherwise the request would wait until the lease ends
---@resend safe a second run finds no owner and changes nothing
---
---@example A runner ends its request without a reply.
---  given  HSET {request} state running owner worker-1 fence 7
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 fence=7
---  reply  outcome=released
---  again  outcome=lost
---  then   HGETALL {request} = fence 7
---@example A request that is done stays done.
---  given  HSET {request} state done owner worker-1 fence 7 payload_hash f00d reply fine
---  call   owner=worker-1 fence=7
---  reply  outcome=lost
---@example An owner without an answer lets go, and a late begin of it changes nothing.
---  call   owner=worker-1
---  reply  outcome=lost
---  then   GET {request_owner} = ended
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {request} state running owner worker-1 fence seven
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 fence=7
---  error  CORRUPT fence
local function fail(request, request_owner, fence)
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local stored_fence = stored_integer(stored[3], "fence")
  if stored[2] ~= owner_of(request, request_owner) then
    redis.call("SET", request_owner, "ended", "NX", "GET", "PX", REMEMBERED_MS)
    return "lost"
  end
  if stored[1] ~= "running" or (fence and fence ~= stored_fence) then
    return "lost"
  end
  -- First, because GET refuses a key of another type. After a long lease, the TTL is shorter now.
  redis.call("SET", request_owner, "ended", "GET", "PX", REMEMBERED_MS)
  redis.call("HDEL", request, "state", "owner", "payload_hash", "lease_ends_ms")
  return "released"
end

return fail
