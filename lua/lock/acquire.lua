local corrupt = require("lib.corrupt")
local next_number = require("lib.next_number")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- The last fence is kept until Redis's clock has passed it, and one day longer. Then a fence that
-- comes from the clock is higher.
local FENCE_KEPT_MS = 86400000

--- Acquires a lock for a while, or returns its holder and the rest of its lease.
---
--- The fence rises with every grant. After a failover, it rises if the clocks of the servers agree.
--- The store that the lock guards should keep the highest fence and refuse a write with a lower
--- one. Then a holder whose lease ended unnoticed cannot overwrite newer data.
---
---@version 1.1.1
---@param lock key.lock write
---@param lock_fence key.lock_fence write
---@param owner id names one attempt to hold the lock; unique for each attempt, not for each machine
---@param lease_ms ms how long the lock is held unless renewed
---@param waits flag? the caller waits for the message that a release sends on the channel with the
---   lock's name
---@return "acquired"|"busy" outcome acquired: the caller holds the lock; busy: another owner holds
---   the lock
---@return fence? fence when acquired: a store refuses a write with a lower one
---@return id? holder when busy: the owner that holds the lock
---@return ms? retry_after_ms when busy: the rest of its lease
---@cost O(1)
---@resend safe an owner that holds the lock gets the same fence and no shorter lease; a call that
---   arrives after its release acquires the lock again
---
---@example A free lock is granted.
---  call   owner=alice lease_ms=30000
---  reply  outcome=acquired fence=*
---@example A fence is higher than the last one, even if the last one came from a faster clock.
---  given  SET {lock_fence} 8000000000000000
---  call   owner=alice lease_ms=30000
---  reply  outcome=acquired fence=8000000000000001
---@example A lock that another owner holds is busy.
---  given  HSET {lock} owner bob fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice lease_ms=30000
---  reply  outcome=busy holder=bob retry_after_ms=~
---@example A caller that waits is noted, because the release must wake it.
---  given  HSET {lock} owner bob fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice lease_ms=30000 waits=yes
---  reply  outcome=busy holder=bob retry_after_ms=~
---  then   HGET {lock} waited = yes
---@example A lock without a lease is an error, and nothing is written.
---  given  HSET {lock} owner bob fence 7
---  call   owner=alice lease_ms=30000
---  error  CORRUPT lock without a lease or a fence
local function acquire(lock, lock_fence, owner, lease_ms, waits)
  local stored = redis.call("HMGET", lock, "owner", "fence")
  local holder = stored[1]
  local fence = stored_integer(stored[2], "fence")
  local last_fence = stored_integer(redis.call("GET", lock_fence), "lock-fence")

  if holder then
    local remaining_ms = redis.call("PTTL", lock)
    if remaining_ms < 0 or not fence then
      corrupt("lock without a lease or a fence")
    end
    if holder ~= owner then
      if waits then
        redis.call("HSET", lock, "waited", "yes")
      end
      return "busy", nil, holder, math.max(remaining_ms, 1)
    end
    redis.call("PEXPIRE", lock, lease_ms, "GT")
    return "acquired", fence
  end

  local new_fence = next_number(last_fence)
  redis.call("HSET", lock, "owner", owner, "fence", new_fence)
  redis.call("PEXPIRE", lock, lease_ms)
  local ahead_ms = math.max(math.floor(new_fence / 1000) - now_ms(), 0)
  redis.call("SET", lock_fence, new_fence, "PX", ahead_ms + FENCE_KEPT_MS)
  return "acquired", new_fence
end

return acquire
