local corrupt = require("lib.corrupt")
local stored_integer = require("lib.stored_integer")

--- Records a request's reply, for everybody who asks again.
---
--- A runner whose lease is over may still record it, as long as nobody has taken over.
---
---@version 1.0.0
---@param request key.request write
---@param owner id as begun
---@param fence fence as begun
---@param reply payload given back to every later begin
---@param remember_ms remember_ms how long the reply is kept
---@return "completed"|"lost" outcome lost: the record is gone, or another runner has taken over
---@cost O(1), and the reply's length
---@oom runs an effect that was made and not recorded would be made again
---@resend safe a second run finds the reply of the same fence and keeps it
---
---@example A reply is recorded.
---  given  HSET {request} state running owner worker-1 fence 7 fingerprint f00d lease_ends {now+20000}
---  call   owner=worker-1 fence=7 reply="it is done" remember_ms=60000
---  reply  outcome=completed
---  then   HMGET {request} state reply = done "it is done"
---@example A runner that was overtaken records nothing.
---  given  HSET {request} state running owner worker-2 fence 8 fingerprint f00d lease_ends {now+20000}
---  call   owner=worker-1 fence=7 reply="it is done" remember_ms=60000
---  reply  outcome=lost
---@example A corrupt fence is named, and nothing is written.
---  given  HSET {request} state running owner worker-1 fence seven fingerprint f00d lease_ends {now+20000}
---  call   owner=worker-1 fence=7 reply="it is done" remember_ms=60000
---  error  CORRUPT fence
local function complete(request, owner, fence, reply, remember_ms)
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, runner = stored[1], stored[2]
  if runner ~= owner or stored_integer(stored[3], "fence") ~= fence then
    return "lost"
  end
  if state == "done" then
    return "completed"
  end
  if state ~= "running" then
    corrupt("state")
  end
  redis.call("HSET", request, "state", "done", "reply", reply)
  redis.call("HDEL", request, "lease_ends")
  redis.call("PEXPIRE", request, remember_ms)
  return "completed"
end

return complete
