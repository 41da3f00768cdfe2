local now_ms = require("lib.now_ms")
local owner_of = require("lib.owner_of")
local stored_lock = require("lib.lock.stored_lock")

-- As in lock.acquire: how long a lock and its owners are remembered after a hold has ended.
local KEPT_MS = 660000

--- Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
---
--- It compares the end of the lease with the stored one, so a call that arrives late prolongs
--- nothing.
---
---@version 1.0.0
---@param lock key.lock write
---@param lock_owner key.lock_owner write
---@param fence fence as acquire returned it
---@param lease_ends_ms epoch_ms as acquire or the last renew returned it
---@param lease_ms ms how long the lock is held from now on
---@return "renewed"|"stale"|"lost" outcome renewed: the lease is as long as asked, or longer; stale:
---   another call has renewed the lease, and nothing has changed; lost: the lease has ended, and
---   another owner may hold the lock
---@return epoch_ms? lease_ends_ms when renewed|stale: when the lease ends now
---@cost O(1)
---@oom runs otherwise a holder would lose its lock in the middle of its work
---@resend safe a second run, however late, finds another end of the lease, and is stale or lost
---@many 64
---
---@example The holder gets a new lease.
---  given  SET {lock} "7 {now+20000} held alice"
---  call   owner=alice fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=renewed lease_ends_ms=~
---  again  outcome=stale lease_ends_ms=~
---@example A lock that another owner holds is lost.
---  given  SET {lock} "8 {now+20000} held bob"
---  call   owner=alice fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=lost
---@example A lease that another call has renewed stays as it is.
---  given  SET {lock} "7 8000000000000 held alice"
---  call   owner=alice fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=stale lease_ends_ms=8000000000000
---@example A lock that is not readable is an error, and nothing is written.
---  given  SET {lock} "7 soon held alice"
---  call   owner=alice fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  error  CORRUPT lock
local function renew(lock, lock_owner, fence, lease_ends_ms, lease_ms)
  local owner = owner_of(lock, lock_owner)
  local stored_fence, stored_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  if holder ~= owner or stored_fence ~= fence or state == "released" then
    return "lost"
  end
  local now = now_ms()
  if now >= stored_ends_ms then
    -- The lease stays over, even after a failover to a server with a slower clock.
    local ended = string.format("%d %d released %s", stored_fence, stored_ends_ms, owner)
    local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
    redis.call("SET", lock, ended, "PXAT", string.format("%d", kept_until_ms))
    return "lost"
  end
  if stored_ends_ms ~= lease_ends_ms then
    return "stale", stored_ends_ms
  end
  -- Always later than before, so that the same call finds another end when it arrives again.
  local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
  local kept_until_ms = math.max(new_ends_ms, math.ceil(fence / 1000)) + KEPT_MS
  local fence_text = string.format("%d", fence)
  local kept_until = string.format("%d", kept_until_ms)
  local held = string.format("%s %d %s %s", fence_text, new_ends_ms, state, owner)
  -- First, because GET refuses a key of another type.
  redis.call("SET", lock_owner, fence_text, "GET", "PXAT", kept_until)
  redis.call("SET", lock, held, "PXAT", kept_until)
  return "renewed", new_ends_ms
end

return renew
