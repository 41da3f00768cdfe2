local attempt_ended = require("lib.attempt_ended")
local owner_of = require("lib.owner_of")
local stored_lock = require("lib.lock.stored_lock")

-- How long a lock and its owners are remembered after a hold has ended. It is the horizon of late
-- calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local KEPT_MS = 660000
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000

--- Acquires a lock for a while, or returns its holder and the rest of its lease.
---
--- The fence rises with every grant while the lock is stored. After a failover or a repair that
--- lost the lock, it rises if the clock has not gone back.
--- The store that the lock guards should keep the highest fence and refuse a write with a lower
--- one. Then a holder whose lease ended unnoticed cannot overwrite newer data.
---
--- An owner holds a lock at most once. So a call that arrives late cannot acquire a lock for a
--- caller that has gone on. A busy reply ends the owner too, unless it waits.
---
---@version 1.0.0
---@param lock key.lock write
---@param lock_owner key.lock_owner write
---@param lease_ms ms how long the lock is held unless renewed
---@param waits flag? the caller asks again until it acquires the lock or calls release; a release
---   wakes it with a message on the channel with the lock's name
---@return "acquired"|"busy"|"ended" outcome acquired: the caller holds the lock; busy: another owner
---   holds the lock; ended: this owner has held the lock or has given up, and needs a new name
---@return fence? fence when acquired: a store refuses a write with a lower one
---@return epoch_ms? lease_ends_ms when acquired: pass it to renew
---@return flag? repeated when acquired: an earlier call of this owner has acquired the lock, so the
---   lease counts from then; renew it before you rely on its length
---@return id? holder when busy: the owner that holds the lock
---@return ms? retry_after_ms when busy: the rest of its lease
---@cost O(1)
---@resend safe within 10 minutes after the hold, because its owner is known: it gets the same reply
---   while it holds the lock, and ended afterwards. An owner that waits may acquire the lock until it
---   calls release
---@many 64
---
---@example A free lock is granted.
---  call   owner=alice lease_ms=30000
---  reply  outcome=acquired fence=* lease_ends_ms=* repeated=no
---  again  outcome=acquired fence=* lease_ends_ms=* repeated=yes
---@example A fence is higher than the last one, even if the last one came from a faster clock.
---  given  SET {lock} "8000000000000000 1700000000000 released bob"
---  call   owner=alice lease_ms=30000
---  reply  outcome=acquired fence=8000000000000001 lease_ends_ms=* repeated=no
---  again  outcome=acquired fence=8000000000000001 lease_ends_ms=* repeated=yes
---@example A lock that another owner holds is busy.
---  given  SET {lock} "7 {now+20000} held bob"
---  call   owner=alice lease_ms=30000
---  reply  outcome=busy holder=bob retry_after_ms=~
---  then   GET {lock_owner} = busy
---@example A caller that waits is noted, because the release must wake it.
---  given  SET {lock} "7 8000000000000 held bob"
---  call   owner=alice lease_ms=30000 waits=yes
---  reply  outcome=busy holder=bob retry_after_ms=~
---  then   GET {lock} = "7 8000000000000 waited bob"
---@example A call that arrives after the release of its owner changes nothing.
---  given  SET {lock} "8 1700000000000 released bob"
---  given  SET {lock_owner} 7
---  call   owner=alice lease_ms=30000
---  reply  outcome=ended
---@example A lock that is not readable is an error, and nothing is written.
---  given  SET {lock} "seven 1700000000000 held bob"
---  call   owner=alice lease_ms=30000
---  error  CORRUPT lock
local function acquire(lock, lock_owner, lease_ms, waits)
  local owner = owner_of(lock, lock_owner)
  local fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now_ms = math.floor(clock_us / 1000)
  local is_held = holder and state ~= "released" and now_ms < lease_ends_ms

  if holder == owner then
    if is_held then
      return "acquired", fence, lease_ends_ms, true
    end
    redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
    return "ended"
  end
  if is_held then
    if attempt_ended(lock_owner, waits) then
      redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
      return "ended"
    end
    if waits and state == "held" then
      local waited = string.format("%d %d waited %s", fence, lease_ends_ms, holder)
      redis.call("SET", lock, waited, "KEEPTTL")
    end
    return "busy", nil, nil, nil, holder, math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS)
  end

  local new_fence = clock_us
  local new_lease_ends_ms = now_ms + lease_ms
  local kept_until_ms = new_lease_ends_ms + KEPT_MS
  if fence and fence >= clock_us then
    new_fence = fence + 1
    kept_until_ms = math.max(kept_until_ms, math.ceil(new_fence / 1000) + KEPT_MS)
  end
  local fence_text = string.format("%d", new_fence)
  local kept_until = string.format("%d", kept_until_ms)
  if redis.call("SET", lock_owner, fence_text, "NX", "GET", "PXAT", kept_until) then
    -- moonpath-allow order/touch-after-remove: the key exists, so SET has written nothing
    redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
    return "ended"
  end
  local held = string.format("%s %d held %s", fence_text, new_lease_ends_ms, owner)
  redis.call("SET", lock, held, "PXAT", kept_until)
  return "acquired", new_fence, new_lease_ends_ms, false
end

return acquire
