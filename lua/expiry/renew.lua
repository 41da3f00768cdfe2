local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- A lease that would end so much later than asked was granted before the clock was set back.
local MAX_AHEAD_MS = 60000

--- Starts a new lease for a claim, from now on. It makes the lease shorter only if the lease
--- would end more than a minute later than asked. The clock was set back then, and nobody would get the
--- items of a dead worker for as long.
---
--- It compares the end of the lease with the stored one, so a call that arrives late prolongs
--- nothing.
---
---@version 1.0.0
---@param processing key.processing write
---@param claim_key key.claim write
---@param lease_ends_ms epoch_ms as claim or the last renew returned it
---@param lease_ms ms how long the worker has its items from now on
---@return "renewed"|"stale"|"lost" outcome renewed: the lease is as long as asked, or longer; stale:
---   another call has renewed the lease, and nothing has changed; lost: the lease has ended
---@return epoch_ms? lease_ends_ms when renewed|stale: when the lease ends now
---@cost O(I log N), I the items of the claim, at most 100, N the claimed items
---@oom runs otherwise the lease would end, and another worker would get the items
---@resend safe a second run, however late, finds another end of the lease, and is stale or lost
---@role worker
---
---@example A worker gets more time.
---  given  RPUSH {claim} {now+30000} offer-1
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 lease_ends_ms={now+30000} lease_ms=1000
---  reply  outcome=renewed lease_ends_ms={now+30001}
---  again  outcome=stale lease_ends_ms={now+30001}
---  then   ZSCORE {processing} offer-1 = {now+30001}
---@example After the clock was set back, the lease ends at the time asked for.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  call   claim=run-1 lease_ends_ms=8000000000000 lease_ms=30000
---  reply  outcome=renewed lease_ends_ms=*
---  again  outcome=stale lease_ends_ms=*
---  then   LLEN {claim} = 2
---@example A lease that another call has renewed stays as it is.
---  given  RPUSH {claim} 8000000000000 offer-1
---  call   claim=run-1 lease_ends_ms={now+1000} lease_ms=30000
---  reply  outcome=stale lease_ends_ms=8000000000000
---@example A worker whose lease has ended cannot renew it.
---  given  RPUSH {claim} {now-1} offer-1
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 lease_ends_ms={now-1} lease_ms=30000
---  reply  outcome=lost
---@example A corrupt lease is an error, and nothing is written.
---  given  RPUSH {claim} 1.5 offer-1
---  call   claim=run-1 lease_ends_ms={now+1000} lease_ms=30000
---  error  CORRUPT end of a claim's lease
local function renew(processing, claim_key, lease_ends_ms, lease_ms)
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local stored_end = stored_integer(claim[1] or false, "end of a claim's lease")
  local now = now_ms()
  if not stored_end or stored_end < now then
    return "lost"
  elseif stored_end ~= lease_ends_ms then
    return "stale", stored_end
  end

  -- Always another end than before, so that the same call finds another one when it arrives again.
  local new_end = now + lease_ms
  if stored_end >= new_end and stored_end <= new_end + MAX_AHEAD_MS then
    new_end = stored_end + 1
  end
  local end_text = string.format("%d", new_end)
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local renewed = {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    -- Another worker has an item whose lease has another end.
    if position > 1 and tonumber(leases[position]) == stored_end then
      renewed[#renewed + 1] = end_text
      renewed[#renewed + 1] = item
    end
  end
  if #renewed > 0 then
    -- at most 200 values
    redis.call("ZADD", processing, "XX", unpack(renewed))
  end
  -- moonpath-allow order/write-before-check: the list has a first element, which was read above
  redis.call("LSET", claim_key, "0", end_text)
  redis.call("PEXPIREAT", claim_key, new_end + HORIZON_MS)
  return "renewed", new_end
end

return renew
