local attempt_ended = require("lib.attempt_ended")
local owner_of = require("lib.owner_of")
local stored_integer = require("lib.stored_integer")

-- A record is kept longer than its lease, because the next fence must be higher and another payload
-- must be detected.
local KEPT_AFTER_LEASE_MS = 86400000
-- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
-- failover to a server with a faster clock.
local REMEMBERED_MS = 660000
-- The upper bound of the type fence. A stored fence leaves room for the next one.
local MAX_FENCE = 9007199254740991
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000

--- Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
--- another payload.
---
--- An owner runs a request at most once. So a call that arrives late cannot take the request for a
--- runner that has gone on. A busy reply ends the owner too, unless it waits.
---
---@version 1.0.0
---@param request key.request write
---@param request_owner key.request_owner write
---@param payload_hash payload_hash
---@param lease_ms ms how long the runner has the request before another may take it over
---@param waits flag? the caller asks again after busy, or gives up with fail
---@return "run"|"replay"|"busy"|"mismatch"|"ended" outcome run: the caller runs the request; replay:
---   the request is done; busy: another runner runs it; mismatch: the request has another payload;
---   ended: this owner has run the request or has given up, and needs a new name
---@return fence? fence when run: write it with the effect, in the same transaction
---@return epoch_ms? lease_ends_ms when run: pass it to renew
---@return flag? repeated when run: an earlier call of this owner has begun the request, so the lease
---   counts from then; renew it before you rely on its length
---@return payload? reply when replay: as given to complete
---@return ms? retry_after_ms when busy: the rest of the runner's lease
---@return fence? runner_fence when busy: the runner's fence; another one shows that another run has begun
---@cost O(1), plus the length of a reply that is replayed
---@resend safe within 10 minutes after the run, because its owner is known: it gets the same reply
---   while its lease lasts, and ended or the recorded reply afterwards. An owner that waits may begin
---   the request until it calls fail
---@many 64
---
---@example A new request runs.
---  call   owner=worker-1 payload_hash=f00d lease_ms=30000
---  reply  outcome=run fence=* lease_ends_ms=* repeated=no
---  again  outcome=run fence=* lease_ends_ms=* repeated=yes
---@example A finished request is replayed.
---  given  HSET {request} state done owner worker-1 fence 7 payload_hash f00d reply "it is done"
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  reply  outcome=replay reply="it is done"
---@example A request that another runner runs is busy.
---  given  HSET {request} state running owner worker-1 fence 7
---         payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  reply  outcome=busy retry_after_ms=~ runner_fence=7
---@example After the end of the lease, another runner takes over with a higher fence.
---  given  HSET {request} state running owner worker-1 fence 8000000000000000
---         payload_hash f00d lease_ends_ms {now-1}
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  reply  outcome=run fence=8000000000000001 lease_ends_ms=* repeated=no
---  again  outcome=run fence=8000000000000001 lease_ends_ms=* repeated=yes
---@example A call that arrives after its runner has failed changes nothing.
---  given  HSET {request} fence 7
---  given  SET {request_owner} 7
---  call   owner=worker-1 payload_hash=f00d lease_ms=30000
---  reply  outcome=ended
---@example The same request with another payload is refused.
---  given  HSET {request} state done owner worker-1 fence 7 payload_hash f00d reply fine
---  call   owner=worker-2 payload_hash=beef lease_ms=30000
---  reply  outcome=mismatch
---@example A state that no script writes is an error, and nothing is written.
---  given  HSET {request} state lost owner worker-1 fence 7 payload_hash f00d
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  error  CORRUPT state
---@example A record without its runner is an error, and nothing is written.
---  given  HSET {request} state running fence 7 payload_hash f00d lease_ends_ms {now+20000}
---  call   owner=worker-1 payload_hash=f00d lease_ms=30000
---  error  CORRUPT state
local function begin(request, request_owner, payload_hash, lease_ms, waits)
  local owner = owner_of(request, request_owner)
  local stored = redis.call("HMGET", request, "state", "owner", "fence", "payload_hash", "lease_ends_ms")
  local state, runner, stored_hash = stored[1], stored[2], stored[4]
  local fence = stored_integer(stored[3], "fence", 0, MAX_FENCE - 2)
  local lease_ends_ms = stored_integer(stored[5], "lease_ends_ms")
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now_ms = math.floor(clock_us / 1000)

  if state and not (runner and stored_hash) then
    error({ err = "CORRUPT state" })
  end
  if state and stored_hash ~= payload_hash then
    local before = redis.call("SET", request_owner, "mismatch", "NX", "GET", "PX", REMEMBERED_MS)
    if before and before ~= "mismatch" and runner ~= owner then
      return "ended"
    end
    return "mismatch"
  end
  if state == "done" then
    local reply = redis.call("HGET", request, "reply")
    if not reply then
      error({ err = "CORRUPT reply" })
    end
    return "replay", nil, nil, nil, reply
  end
  if state then
    if state ~= "running" or not lease_ends_ms or not fence then
      error({ err = "CORRUPT state" })
    end
    local is_running = now_ms < lease_ends_ms
    if runner == owner then
      if is_running then
        return "run", fence, lease_ends_ms, true
      end
      -- The record is kept longer than its owner, so this answer is remembered too.
      redis.call("SET", request_owner, "ended", "NX", "GET", "PX", REMEMBERED_MS)
      return "ended"
    end
    if is_running then
      if attempt_ended(request_owner, waits) then
        return "ended"
      end
      return "busy", nil, nil, nil, nil, math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS), fence
    end
  end

  local new_fence = math.max(clock_us, (fence or 0) + 1)
  local new_lease_ends_ms = now_ms + lease_ms
  local fence_text = string.format("%d", new_fence)
  local lease_ends_text = string.format("%d", new_lease_ends_ms)
  local remembered_until = string.format("%d", new_lease_ends_ms + REMEMBERED_MS)
  if redis.call("SET", request_owner, fence_text, "NX", "GET", "PXAT", remembered_until) then
    return "ended"
  end
  redis.call(
    "HSET",
    request,
    "state",
    "running",
    "owner",
    owner,
    "fence",
    fence_text,
    "payload_hash",
    payload_hash,
    "lease_ends_ms",
    lease_ends_text
  )
  redis.call("PEXPIREAT", request, string.format("%d", new_lease_ends_ms + KEPT_AFTER_LEASE_MS))
  return "run", new_fence, new_lease_ends_ms, false
end

return begin
