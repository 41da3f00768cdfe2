local claim_lease = require("lib.claim_lease")
local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")

-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE_MEMBER = ""
local MOST_ITEMS = 1000

--- Gives a worker's claim a new lease, from now on; one that runs longer already stays.
---
---@version 1.0.0
---@param processing key.processing write
---@param held key.claim write
---@param lease_ms ms how long the worker has its items from now on
---@return "renewed"|"lost" outcome lost: the lease is over
---@return epoch_ms? lease_ends_ms when renewed
---@cost O(I log N), I the items of the claim, at most 1000, N the claimed items
---@oom runs it keeps what is stored already, so that it can be dealt with once
---@resend safe a second run, however late, shortens no lease
---@role worker
---
---@example A worker gets more time.
---  given  ZADD {claim} 1 offer-1 {now+1000} ""
---  given  ZADD {processing} {now+1000} offer-1
---  call   claim=run-1 lease_ms=8000000000
---  reply  outcome=renewed lease_ends_ms=~
---@example A worker whose lease is over has nothing to renew.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 lease_ms=30000
---  reply  outcome=lost
---@example A corrupt lease is named, and nothing is written.
---  given  ZADD {claim} 1 offer-1 1.5 ""
---  call   claim=run-1 lease_ms=30000
---  error  CORRUPT end of a claim's lease
local function renew(processing, held, lease_ms)
  local runs_until = claim_lease(held)
  if not runs_until then
    return "lost"
  end
  if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  -- Asked for its type alone: a wrong one has to show before the first write.
  redis.call("ZCARD", processing)

  local lease_ends = math.max(runs_until, now_ms() + lease_ms)
  -- at most 1001 items, the lease's own member included
  for _, item in ipairs(redis.call("ZRANGE", held, 0, -1)) do
    redis.call("ZADD", processing, "XX", lease_ends, item)
  end
  redis.call("ZADD", held, lease_ends, LEASE_MEMBER)
  redis.call("PEXPIREAT", held, lease_ends)
  return "renewed", lease_ends
end

return renew
