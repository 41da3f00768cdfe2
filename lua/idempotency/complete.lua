local stored_integer = require("lib.stored_integer")

--- Records the reply of a request, for all later calls of begin.
---
--- A runner whose lease has ended may still record it if no other runner has taken the request
--- over.
---
---@version 1.0.0
---@param request key.request write
---@param owner id as given to begin
---@param fence fence as begin returned it
---@param reply payload every later begin returns it
---@param remember_ms remember_ms how long the reply is stored
---@return "completed"|"lost" outcome completed: the reply is recorded, now or by an earlier call;
---   lost: the record does not exist, or another runner has taken over
---@cost O(1), plus the reply's length
---@oom runs without the record, another runner would repeat the effect
---@resend safe a second run finds the reply of the same fence, and changes nothing
---@many 64
---
---@example A reply is recorded.
---  given  HSET {request} state running owner worker-1 fence 7
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 fence=7 reply="it is done" remember_ms=60000
---  reply  outcome=completed
---  then   HMGET {request} state reply = done "it is done"
---@example A runner whose request another runner has taken over records nothing.
---  given  HSET {request} state running owner worker-2 fence 8
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 fence=7 reply="it is done" remember_ms=60000
---  reply  outcome=lost
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {request} state running owner worker-1 fence seven
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 fence=7 reply="it is done" remember_ms=60000
---  error  CORRUPT fence
local function complete(request, owner, fence, reply, remember_ms)
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, stored_owner = stored[1], stored[2]
  if stored_owner ~= owner or stored_integer(stored[3], "fence") ~= fence then
    return "lost"
  end
  if state == "done" then
    return "completed"
  end
  if state ~= "running" then
    error({ err = "CORRUPT state" })
  end
  redis.call("HSET", request, "state", "done", "reply", reply)
  redis.call("PEXPIRE", request, remember_ms)
  return "completed"
end

return complete
