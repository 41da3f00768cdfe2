local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local stored_permit = require("lib.limit.stored_permit")

-- As in limit.enter: how long owners are remembered, and the score of a permit that was left.
local KEPT_MS = 660000
local LEFT = 1000

--- Gives a permit back if the caller still has it.
---
--- Afterwards the owner cannot enter any more, unless it has a permit under another fence. So the call
--- also ends an attempt of which the caller got no answer, or which it gives up: then it has no fence.
---
---@version 1.0.0
---@param permits key.permits write
---@param permit_owner key.permit_owner write
---@param fence fence? as enter returned it; absent if no answer of enter gave a permit
---@return "left"|"lost" outcome left: the permit is free; lost: the owner had no permit under this
---   fence
---@cost O(log N), N the permits
---@oom runs otherwise a permit would stay held until its lease ends
---@resend safe a second run finds that the owner has left, and changes nothing
---
---@example The holder leaves.
---  given  ZADD {permits} {now+20000} "0 7"
---  given  SET {permit_owner} "0 7"
---  call   owner=alice fence=7
---  reply  outcome=left
---  again  outcome=lost
---  then   ZSCORE {permits} "0 7" = -1000
---@example Another fence changes nothing.
---  given  ZADD {permits} {now+20000} "0 8"
---  given  SET {permit_owner} "0 8"
---  call   owner=alice fence=7
---  reply  outcome=lost
---  then   GET {permit_owner} = "0 8"
---@example An owner without an answer gives up, and a late enter of it gets no permit.
---  call   owner=alice
---  reply  outcome=lost
---  then   GET {permit_owner} = ended
---@example A permit that is not readable is an error, and nothing is written.
---  given  ZADD {permits} 1.5 "0 7"
---  given  SET {permit_owner} "0 7"
---  call   owner=alice fence=7
---  error  CORRUPT end of a permit's lease
local function leave(permits, permit_owner, fence)
  local permit = redis.call("GET", permit_owner)
  local stored_ends = permit and redis.call("ZSCORE", permits, permit)
  local ends_ms = stored_integer(stored_ends or false, "end of a permit's lease", -LEFT)
  if not permit then
    redis.call("SET", permit_owner, "ended", "PX", KEPT_MS)
    return "lost"
  end
  if not ends_ms then
    return "lost"
  end
  local number, stored_fence = stored_permit(permit)
  if fence and fence ~= stored_fence then
    return "lost"
  end
  local now = now_ms()
  -- After a long lease, the TTL is shorter now.
  redis.call("SET", permit_owner, "ended", "PX", KEPT_MS)
  redis.call("ZADD", permits, number - LEFT, permit)
  if now < ends_ms then
    return "left"
  end
  return "lost"
end

return leave
