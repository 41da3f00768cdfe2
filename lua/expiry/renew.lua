local claim_lease = require("lib.expiry.claim_lease")
local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")

-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE_MEMBER = ""
-- The upper bound of the type limit.
local MAX_ITEMS = 1000

--- Starts a new lease for a claim, from now on. It never makes the lease shorter.
---
---@version 1.0.0
---@param processing key.processing write
---@param claim_key key.claim write
---@param lease_ms ms how long the worker has its items from now on
---@return "renewed"|"lost" outcome renewed: the claim has the new lease, or a longer one; lost: the
---   lease has ended
---@return epoch_ms? lease_ends_ms when renewed: when the lease ends
---@cost O(I log N), I the items of the claim, at most 1000, N the claimed items
---@oom runs otherwise the lease would end, and another worker would get the items
---@resend safe a second run, however late, makes no lease shorter
---@role worker
---
---@example A worker gets more time.
---  given  ZADD {claim} 1 offer-1 {now+1000} ""
---  given  ZADD {processing} {now+1000} offer-1
---  call   claim=run-1 lease_ms=8000000000
---  reply  outcome=renewed lease_ends_ms=~
---@example A worker whose lease has ended cannot renew it.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 lease_ms=30000
---  reply  outcome=lost
---@example A corrupt lease is an error, and nothing is written.
---  given  ZADD {claim} 1 offer-1 1.5 ""
---  call   claim=run-1 lease_ms=30000
---  error  CORRUPT end of a claim's lease
local function renew(processing, claim_key, lease_ms)
  local old_lease_ends = claim_lease(claim_key)
  if not old_lease_ends then
    return "lost"
  end
  if redis.call("ZCARD", claim_key) > MAX_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", processing)

  local lease_ends = math.max(old_lease_ends, now_ms() + lease_ms)
  -- at most 1001 members: the items and the lease
  for _, item in ipairs(redis.call("ZRANGE", claim_key, 0, -1)) do
    redis.call("ZADD", processing, "XX", lease_ends, item)
  end
  redis.call("ZADD", claim_key, lease_ends, LEASE_MEMBER)
  redis.call("PEXPIREAT", claim_key, lease_ends)
  return "renewed", lease_ends
end

return renew
