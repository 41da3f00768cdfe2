local corrupt = require("lib.corrupt")
local next_number = require("lib.next_number")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- A record outlives its lease, so that the next fence is higher and another fingerprint is noticed.
local KEPT_AFTER_LEASE_MS = 86400000

--- Asks whether to run a request: run it, replay its reply, wait for who runs it, or refuse a different one.
---
---@version 1.0.1
---@param request key.request write
---@param owner id this runner; unique for each attempt
---@param fingerprint fingerprint a digest of the request's content
---@param lease_ms ms how long the runner has before another may take over
---@return "run"|"replay"|"busy"|"mismatch" outcome mismatch: the same name with another fingerprint
---@return fence? fence when run: write it with the effect, in the same transaction
---@return payload? reply when replay: as given to complete
---@return ms? retry_after_ms when busy: the runner's lease ends then
---@cost O(1), and the length of a stored reply
---@resend safe the runner that has the lease gets the same fence again; its lease grows, and never shrinks; one that comes after its fail takes the request again
---
---@example A new request runs.
---  call   owner=worker-1 fingerprint=f00d lease_ms=30000
---  reply  outcome=run fence=*
---@example A finished request is replayed.
---  given  HSET {request} state done owner worker-1 fence 7 fingerprint f00d reply "it is done"
---  call   owner=worker-2 fingerprint=f00d lease_ms=30000
---  reply  outcome=replay reply="it is done"
---@example A request that another runner works on is busy.
---  given  HSET {request} state running owner worker-1 fence 7 fingerprint f00d lease_ends {now+20000}
---  call   owner=worker-2 fingerprint=f00d lease_ms=30000
---  reply  outcome=busy retry_after_ms=~
---@example Another runner takes over when the lease is over, with a higher fence.
---  given  HSET {request} state running owner worker-1 fence 8000000000000000 fingerprint f00d lease_ends {now-1}
---  call   owner=worker-2 fingerprint=f00d lease_ms=30000
---  reply  outcome=run fence=8000000000000001
---@example The same name for another request is refused.
---  given  HSET {request} state done owner worker-1 fence 7 fingerprint f00d reply fine
---  call   owner=worker-2 fingerprint=beef lease_ms=30000
---  reply  outcome=mismatch
---@example A state that no script writes is named, and nothing is written.
---  given  HSET {request} state lost owner worker-1 fence 7 fingerprint f00d
---  call   owner=worker-2 fingerprint=f00d lease_ms=30000
---  error  CORRUPT state
local function begin(request, owner, fingerprint, lease_ms)
  local stored = redis.call("HMGET", request, "state", "owner", "fence", "fingerprint", "lease_ends", "reply")
  local state, runner, known_fingerprint, reply = stored[1], stored[2], stored[4], stored[6]
  local fence = stored_integer(stored[3], "fence")
  local lease_ends = stored_integer(stored[5], "lease_ends")
  local now = now_ms()

  if state then
    if known_fingerprint ~= fingerprint then
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
    if runner ~= owner and now < lease_ends then
      return "busy", nil, nil, lease_ends - now
    end
  end

  local new_fence = next_number(fence)
  local new_lease_ends = now + lease_ms
  if state and runner == owner then
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
    "fingerprint",
    fingerprint
  )
  redis.call("HSET", request, "lease_ends", new_lease_ends)
  redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
  return "run", new_fence
end

return begin
