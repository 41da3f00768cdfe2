local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- For this time a worker that left is remembered. A late call of join does not bring it back then. It
-- is the horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a faster clock.
local HORIZON_MS = 660000
local NEVER_MS = -8640000000000000

--- Ends a worker's membership in its group, so that the others serve its slots at once.
---
--- A member that left has a negative number: minus the time until which it is remembered.
---
---@version 1.0.0
---@param workers key.workers write
---@param worker id as given to join
---@return "left" outcome
---@cost O(log W), W the members of the group
---@oom runs it replaces a member, and the key expires
---@resend safe a second run changes nothing, because the worker has left already
---@role worker
---
---@example A worker leaves.
---  given  ZADD {workers} {now+5000} w1 {now+60000} w2
---  call   worker=w1
---  reply  outcome=left
---  then   ZCOUNT {workers} 0 +inf = 1
---@example A worker that has left stays out.
---  given  ZADD {workers} -8000000000000000 w1
---  call   worker=w1
---  reply  outcome=left
---  then   ZSCORE {workers} w1 = -8000000000000000
---@example A key of another type is named, and nothing is written.
---  given  SET {workers} w1
---  call   worker=w1
---  error  WRONGTYPE
local function leave(workers, worker)
  local stored = stored_integer(redis.call("ZSCORE", workers, worker), "end of a worker's lease", NEVER_MS)
  if stored and stored < 0 then
    return "left"
  end
  redis.call("ZADD", workers, -(now_ms() + HORIZON_MS), worker)
  redis.call("PEXPIRE", workers, 2 * HORIZON_MS)
  redis.call("PUBLISH", workers, "left")
  return "left"
end

return leave
