local now_ms = require("lib.now_ms")
local owner_of = require("lib.owner_of")
local stored_integer = require("lib.stored_integer")

-- As in idempotency.begin: how long a record and its owner are kept after the lease.
local KEPT_AFTER_LEASE_MS = 86400000
local REMEMBERED_MS = 660000

--- Starts a new lease for the runner of a request, from now on. It never makes the lease shorter.
---
--- It compares the end of the lease with the stored one, so a call that arrives late prolongs
--- nothing.
---
---@version 1.0.0
---@param request key.request write
---@param request_owner key.request_owner write
---@param fence fence as begin returned it
---@param lease_ends_ms epoch_ms as begin or the last renew returned it
---@param lease_ms ms how long the runner has the request from now on
---@return "renewed"|"stale"|"lost" outcome renewed: the lease is as long as asked, or longer; stale:
---   another call has renewed the lease, and nothing has changed; lost: the lease has ended, or the
---   request is done
---@return epoch_ms? lease_ends_ms when renewed|stale: when the lease ends now
---@cost O(1)
---@oom runs otherwise a runner would lose its request in the middle of its work
---@resend safe a second run, however late, finds another end of the lease, and is stale or lost
---
---@example The runner gets a new lease.
---  given  HSET {request} state running owner worker-1 fence 7
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=renewed lease_ends_ms=~
---  again  outcome=stale lease_ends_ms=~
---@example A request that another runner has taken over is lost.
---  given  HSET {request} state running owner worker-2 fence 8
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=lost
---@example A lease that another call has renewed stays as it is.
---  given  HSET {request} state running owner worker-1 fence 7
---         payload_hash f00d lease_ends_ms 8000000000000
---  call   owner=worker-1 fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  reply  outcome=stale lease_ends_ms=8000000000000
---@example A corrupt end of the lease is an error, and nothing is written.
---  given  HSET {request} state running owner worker-1 fence 7 payload_hash f00d lease_ends_ms soon
---  call   owner=worker-1 fence=7 lease_ends_ms={now+20000} lease_ms=30000
---  error  CORRUPT lease_ends_ms
local function renew(request, request_owner, fence, lease_ends_ms, lease_ms)
  local stored = redis.call("HMGET", request, "state", "owner", "fence", "lease_ends_ms")
  local state = stored[1]
  local stored_fence = stored_integer(stored[3], "fence")
  local stored_ends_ms = stored_integer(stored[4], "lease_ends_ms")
  if stored[2] ~= owner_of(request, request_owner) or stored_fence ~= fence or state == "done" then
    return "lost"
  end
  if state ~= "running" or not stored_ends_ms then
    error({ err = "CORRUPT state" })
  end
  local now = now_ms()
  if now >= stored_ends_ms then
    return "lost"
  end
  if stored_ends_ms ~= lease_ends_ms then
    return "stale", stored_ends_ms
  end
  -- Always later than before, so that the same call finds another end when it arrives again.
  local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
  local remembered_until = string.format("%d", new_ends_ms + REMEMBERED_MS)
  -- First, because GET refuses a key of another type.
  redis.call("SET", request_owner, fence, "GET", "PXAT", remembered_until)
  redis.call("HSET", request, "lease_ends_ms", string.format("%d", new_ends_ms))
  redis.call("PEXPIREAT", request, string.format("%d", new_ends_ms + KEPT_AFTER_LEASE_MS))
  return "renewed", new_ends_ms
end

return renew
