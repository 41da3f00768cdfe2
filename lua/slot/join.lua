local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- For this time after its lease, or after it left, a worker is remembered. A late call changes nothing
-- then. It is the horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a faster clock.
local HORIZON_MS = 660000
-- The longest lease, 600,000 ms, and 60,000 ms for renewals, each of which ends later than the one
-- before, and for a clock that was set back a little. A lease that ends later is not live.
local MAX_AHEAD_MS = 660000
-- The maximum number of live workers of a group.
local MAX_WORKERS = 250
local NEVER_MS = -8640000000000000

--- Makes a worker a member of its group until its lease ends, or renews the lease, and returns the
--- live members. A renewal never makes the lease shorter.
---
--- An end that is more than 660,000 ms ahead is no end of a lease: somebody wrote it, or the clock was
--- set back. Such a member is not live, and its next renewal gets an end by the new clock.
---
--- The members of a group share the slots of a namespace. Each has its part, by its place in the
--- order of the names. A message on the channel with the name of the key reports a new member.
---
---@version 1.0.0
---@param workers key.workers write
---@param worker id a new name for each start of a worker
---@param lease_ms worker_lease_ms how long the worker is a member unless it renews
---@param lease_ends_ms epoch_ms? the end of the lease as the worker last got it; absent: it joins
---@return "joined"|"ended"|"left"|"full" outcome joined: the worker is a member; ended: the lease
---   that the call names has ended and was forgotten, so join under a new name; left: the worker has
---   left; full: the group has 250 live members
---@return epoch_ms? lease_ends_ms when joined: the end of the lease, to be passed when the worker
---   renews
---@return id[]? members when joined: the live members, this one included
---@cost O(W), W the members of the group
---@oom runs it writes one short member
---@resend safe a renewal names the end that it extends, and a name joins once: within 10 minutes after
---   the lease or after leaving, a late call changes nothing
---@role worker
---
---@example The first worker joins.
---  call   worker=w1 lease_ms=10000
---  reply  outcome=joined lease_ends_ms=* members=["w1"]
---  then   ZCARD {workers} = 1
---@example A lease is renewed by its end, and a live member is returned too.
---  given  ZADD {workers} {now+5000} w1 {now+60000} w2
---  call   worker=w1 lease_ms=10000 lease_ends_ms={now+5000}
---  reply  outcome=joined lease_ends_ms=* members=["w1","w2"]
---@example A member whose end no lease can have is not live.
---  given  ZADD {workers} inf w2
---  call   worker=w1 lease_ms=10000
---  reply  outcome=joined lease_ends_ms=* members=["w1"]
---@example A worker that left does not come back by a late call.
---  given  ZADD {workers} {now+60000} w2
---  given  ZADD {workers} -8000000000000000 w1
---  call   worker=w1 lease_ms=10000
---  reply  outcome=left
---@example A key of another type is named, and nothing is written.
---  given  SET {workers} w1
---  call   worker=w1 lease_ms=10000
---  error  WRONGTYPE
local function join(workers, worker, lease_ms, lease_ends_ms)
  local now = now_ms()
  local stored = stored_integer(redis.call("ZSCORE", workers, worker), "end of a worker's lease", NEVER_MS)
  local renews = lease_ends_ms ~= nil
  local latest = now + MAX_AHEAD_MS
  local is_live = stored and stored > now and stored <= latest

  if stored and stored < 0 then
    return "left"
  elseif stored and stored <= now and lease_ends_ms ~= stored then
    return "ended"
  elseif not stored and renews then
    return "ended"
  elseif not is_live and redis.call("ZCOUNT", workers, now + 1, latest) >= MAX_WORKERS then
    return "full"
  end

  local ends = stored
  local writes = not ends or lease_ends_ms == ends
  if writes then
    -- Always later than before, so that the same call finds another end when it arrives again.
    ends = math.max(now + lease_ms, is_live and stored + 1 or 0)
    redis.call("ZADD", workers, ends, worker)
    redis.call("PEXPIRE", workers, 2 * HORIZON_MS)
    if not stored then
      redis.call("PUBLISH", workers, "joined")
    end
  end
  latest = math.max(latest, ends)
  local present = redis.call("ZRANGE", workers, now + 1, latest, "BYSCORE", "LIMIT", 0, MAX_WORKERS)
  if writes then
    redis.call("ZREMRANGEBYSCORE", workers, -now, now - HORIZON_MS)
  end
  return "joined", ends, present
end

return join
