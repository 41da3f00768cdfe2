local now_ms = require("lib.now_ms")
local owner_of = require("lib.owner_of")
local stored_lock = require("lib.lock.stored_lock")

-- As in lock.acquire: how long a lock and its owners are remembered after a hold has ended.
local KEPT_MS = 660000

--- Releases a lock if the caller still holds it, and wakes the callers that wait for it.
---
--- Afterwards the owner cannot acquire the lock any more, unless it holds it under another fence.
--- So the call also ends an attempt of which
--- the caller got no answer, or which it gives up: then it has no fence.
---
---@version 1.0.0
---@param lock key.lock write
---@param lock_owner key.lock_owner write
---@param fence fence? as acquire returned it; absent if no answer of acquire granted the lock
---@return "released"|"lost" outcome released: the lock is free; lost: this fence does not hold the
---   lock
---@cost O(1)
---@oom runs otherwise a lock would stay held until its lease ends
---@resend safe a second run finds a released lock, or another holder, and changes nothing
---@many 64
---
---@example The holder releases the lock.
---  given  SET {lock} "7 {now+20000} held alice"
---  call   owner=alice fence=7
---  reply  outcome=released
---  again  outcome=lost
---@example A lock that another owner holds stays locked.
---  given  SET {lock} "8 8000000000000 held bob"
---  call   owner=alice fence=7
---  reply  outcome=lost
---  then   GET {lock} = "8 8000000000000 held bob"
---@example An owner without an answer lets go, and a late acquire of it changes nothing.
---  call   owner=alice
---  reply  outcome=lost
---  then   GET {lock_owner} = ended
---@example A lock that is not readable is an error, and nothing is written.
---  given  SET {lock} "7 {now+20000} taken alice"
---  call   owner=alice fence=7
---  error  CORRUPT lock
local function release(lock, lock_owner, fence)
  local owner = owner_of(lock, lock_owner)
  local stored_fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  if holder ~= owner then
    redis.call("SET", lock_owner, "ended", "NX", "GET", "PX", KEPT_MS)
    return "lost"
  end
  if state == "released" or (fence and fence ~= stored_fence) then
    return "lost"
  end
  local now = now_ms()
  local ended_ms = math.min(now, lease_ends_ms)
  local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
  local released = string.format("%d %d released %s", stored_fence, ended_ms, owner)
  -- First, because GET refuses a key of another type. After a long lease, the TTL is shorter now.
  redis.call("SET", lock_owner, "ended", "GET", "PX", KEPT_MS)
  redis.call("SET", lock, released, "PXAT", string.format("%d", kept_until_ms))
  if state == "waited" then
    redis.call("PUBLISH", lock, "released")
  end
  if now < lease_ends_ms then
    return "released"
  end
  return "lost"
end

return release
