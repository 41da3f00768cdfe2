local corrupt = require("lib.corrupt")
local next_number = require("lib.next_number")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- A day after Redis's clock has passed a token, tokens that come from the clock alone are higher.
local FENCE_KEPT_MS = 86400000

--- Takes a lock for a while, or says who holds it and for how long.
---
--- The fencing token rises with every grant; after a failover, as far as the servers' clocks agree. The store that the lock
--- guards should remember the highest token it has seen and refuse writes with a lower one: then a holder that slept past its
--- lease can do no harm.
---
---@version 1.1.1
---@param lock key.lock write
---@param last_fence key.lock_fence write
---@param owner id one holder, not one machine: unique for each attempt to hold the lock
---@param lease_ms ms how long the lock is held unless renewed
---@param waits flag? the caller waits for a message on the channel named like the lock, which its release sends
---@return "acquired"|"busy" outcome
---@return fence? fence when acquired
---@return id? holder when busy: the owner that has it
---@return ms? retry_after_ms when busy: its lease ends then
---@cost O(1)
---@resend safe an owner that has the lock already gets the same token; its lease grows, and never shrinks; one that comes after the owner's release takes the lock again
---
---@example A free lock is granted.
---  call   owner=alice lease_ms=30000
---  reply  outcome=acquired fence=*
---@example A token is higher than the last one, even if that came from a faster clock.
---  given  SET {lock_fence} 8000000000000000
---  call   owner=alice lease_ms=30000
---  reply  outcome=acquired fence=8000000000000001
---@example A lock that another owner holds is busy.
---  given  HSET {lock} owner bob fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice lease_ms=30000
---  reply  outcome=busy holder=bob retry_after_ms=~
---@example Somebody who waits leaves word, so that the release wakes them.
---  given  HSET {lock} owner bob fence 7
---  given  PEXPIRE {lock} 20000
---  call   owner=alice lease_ms=30000 waits=yes
---  reply  outcome=busy holder=bob retry_after_ms=~
---  then   HGET {lock} waited = yes
---@example A lock that would never end is named, and nothing is written.
---  given  HSET {lock} owner bob fence 7
---  call   owner=alice lease_ms=30000
---  error  CORRUPT lock without a lease or a fence
local function acquire(lock, last_fence, owner, lease_ms, waits)
  local held = redis.call("HMGET", lock, "owner", "fence")
  local holder = held[1]
  local fence = stored_integer(held[2], "fence")
  local last = stored_integer(redis.call("GET", last_fence), "lock-fence")

  if holder then
    local left_ms = redis.call("PTTL", lock)
    if left_ms < 0 or not fence then
      corrupt("lock without a lease or a fence")
    end
    if holder ~= owner then
      if waits then
        redis.call("HSET", lock, "waited", "yes")
      end
      return "busy", nil, holder, math.max(left_ms, 1)
    end
    redis.call("PEXPIRE", lock, lease_ms, "GT")
    return "acquired", fence
  end

  local new_fence = next_number(last)
  redis.call("HSET", lock, "owner", owner, "fence", new_fence)
  redis.call("PEXPIRE", lock, lease_ms)
  local ahead_ms = math.max(math.floor(new_fence / 1000) - now_ms(), 0)
  redis.call("SET", last_fence, new_fence, "PX", ahead_ms + FENCE_KEPT_MS)
  return "acquired", new_fence
end

return acquire
