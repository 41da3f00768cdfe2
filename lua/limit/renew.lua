local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local stored_permit = require("lib.limit.stored_permit")

-- As in limit.enter: how long permits and owners are remembered, and the score of a permit that was
-- left.
local KEPT_MS = 660000
local LEFT = 1000

--- Starts a new lease for the holder of a permit, from now on. It never makes the lease shorter.
---
--- It compares the end of the lease with the stored one, so a call that arrives late prolongs
--- nothing. It never gives a permit to an owner that has none.
---
---@version 1.0.0
---@param permits key.permits write
---@param permit_owner key.permit_owner write
---@param fence fence as enter returned it
---@param lease_ends_ms epoch_ms as enter or the last renew returned it
---@param lease_ms ms how long the permit is held from now on
---@return "renewed"|"stale"|"lost" outcome renewed: the lease is as long as asked, or longer; stale:
---   another call has renewed the lease, and nothing has changed; lost: the lease has ended, and
---   another owner may have the permit
---@return epoch_ms? lease_ends_ms when renewed|stale: when the lease ends now
---@cost O(log N), N the permits
---@oom runs otherwise a holder would lose its permit in the middle of its work
---@resend safe a second run, however late, finds another end of the lease, and is stale or lost
---
---@example The holder gets a new lease.
---  given  ZADD {permits} {now+20000} "0 7"
---  given  SET {permit_owner} "0 7"
---  call   owner=alice fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=renewed lease_ends_ms=~
---  again  outcome=stale lease_ends_ms=~
---@example An owner without a permit gets none.
---  call   owner=alice fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=lost
---  then   EXISTS {permits} = 0
---@example A lease that has ended is lost, and its permit counts as left.
---  given  ZADD {permits} {now-1} "0 7"
---  given  SET {permit_owner} "0 7"
---  call   owner=alice fence=7 lease_ends_ms={now-1} lease_ms=30000
---  reply  outcome=lost
---  then   ZSCORE {permits} "0 7" = -1000
---@example A permit that is not readable is an error, and nothing is written.
---  given  ZADD {permits} 1.5 "0 7"
---  given  SET {permit_owner} "0 7"
---  call   owner=alice fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  error  CORRUPT end of a permit's lease
local function renew(permits, permit_owner, fence, lease_ends_ms, lease_ms)
  local permit = redis.call("GET", permit_owner)
  local stored_ends = permit and redis.call("ZSCORE", permits, permit)
  local stored_ends_ms = stored_integer(stored_ends or false, "end of a permit's lease", -LEFT)
  if not permit or not stored_ends_ms then
    return "lost"
  end
  local number, stored_fence = stored_permit(permit)
  if stored_fence ~= fence then
    return "lost"
  end
  local now = now_ms()
  if now >= stored_ends_ms then
    -- The lease stays over, even after a failover to a server with a slower clock.
    redis.call("ZADD", permits, number - LEFT, permit)
    return "lost"
  end
  if stored_ends_ms ~= lease_ends_ms then
    return "stale", stored_ends_ms
  end
  -- Always later than before, so that the same call finds another end when it arrives again.
  local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
  local kept_until = string.format("%d", math.max(new_ends_ms, math.ceil(fence / 1000)) + KEPT_MS)
  redis.call("SET", permit_owner, permit, "PXAT", kept_until)
  redis.call("ZADD", permits, string.format("%d", new_ends_ms), permit)
  redis.call("PEXPIREAT", permits, kept_until, "GT")
  return "renewed", new_ends_ms
end

return renew
