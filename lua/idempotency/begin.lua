local corrupt = require("lib.corrupt")
local next_number = require("lib.next_number")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- A record is kept longer than its lease, because the next fence must be higher and another payload
-- must be detected.
local KEPT_AFTER_LEASE_MS = 86400000

--- Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
--- another payload.
---
---@version 1.0.1
---@param request key.request write
---@param owner id names this runner; unique for each attempt
---@param payload_hash payload_hash
---@param lease_ms ms how long the runner has the request before another may take it over
---@return "run"|"replay"|"busy"|"mismatch" outcome run: the caller runs the request; replay: the
---   request is done; busy: another runner runs it; mismatch: the request has another payload
---@return fence? fence when run: write it with the effect, in the same transaction
---@return payload? reply when replay: as given to complete
---@return ms? retry_after_ms when busy: the rest of the runner's lease
---@cost O(1), plus the length of a stored reply
---@resend safe the runner that has the lease gets the same fence and no shorter lease; a call that
---   arrives after its fail takes the request again
---
---@example A new request runs.
---  call   owner=worker-1 payload_hash=f00d lease_ms=30000
---  reply  outcome=run fence=*
---@example A finished request is replayed.
---  given  HSET {request} state done owner worker-1 fence 7 payload_hash f00d reply "it is done"
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  reply  outcome=replay reply="it is done"
---@example A request that another runner runs is busy.
---  given  HSET {request} state running owner worker-1 fence 7
---         payload_hash f00d lease_ends {now+20000}
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  reply  outcome=busy retry_after_ms=~
---@example After the end of the lease, another runner takes over with a higher fence.
---  given  HSET {request} state running owner worker-1 fence 8000000000000000
---         payload_hash f00d lease_ends {now-1}
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  reply  outcome=run fence=8000000000000001
---@example The same request with another payload is refused.
---  given  HSET {request} state done owner worker-1 fence 7 payload_hash f00d reply fine
---  call   owner=worker-2 payload_hash=beef lease_ms=30000
---  reply  outcome=mismatch
---@example A state that no script writes is an error, and nothing is written.
---  given  HSET {request} state lost owner worker-1 fence 7 payload_hash f00d
---  call   owner=worker-2 payload_hash=f00d lease_ms=30000
---  error  CORRUPT state
local function begin(request, owner, payload_hash, lease_ms)
  local stored =
    redis.call("HMGET", request, "state", "owner", "fence", "payload_hash", "lease_ends", "reply")
  local state, stored_owner, stored_hash, reply = stored[1], stored[2], stored[4], stored[6]
  local fence = stored_integer(stored[3], "fence")
  local lease_ends = stored_integer(stored[5], "lease_ends")
  local now = now_ms()

  if state then
    if stored_hash ~= payload_hash then
      return "mismatch"
    end
    if state == "done" then
      if not reply then
        corrupt("reply")
      end
      return "replay", nil, reply
    end
    if state ~= "running" or not lease_ends or not fence then
      corrupt("state")
    end
    if stored_owner ~= owner and now < lease_ends then
      return "busy", nil, nil, lease_ends - now
    end
  end

  local new_fence = next_number(fence)
  local new_lease_ends = now + lease_ms
  if state and stored_owner == owner then
    new_fence = fence
    new_lease_ends = math.max(new_lease_ends, lease_ends)
  end
  redis.call(
    "HSET",
    request,
    "state",
    "running",
    "owner",
    owner,
    "fence",
    new_fence,
    "payload_hash",
    payload_hash
  )
  redis.call("HSET", request, "lease_ends", new_lease_ends)
  redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
  return "run", new_fence
end

return begin
