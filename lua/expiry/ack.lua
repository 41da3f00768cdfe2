local claim_lease = require("lib.claim_lease")
local items_held = require("lib.items_held")

--- Tells that a worker has dealt with items that it claimed, so that nobody gets them again.
---
--- All of them or none: when the lease is over, another worker may have them already.
---
---@version 1.0.1
---@param processing key.processing write
---@param attempts key.attempts write
---@param held key.claim write
---@param items id[] as claimed; one that the claim does not hold is passed over
---@return "acked"|"lost" outcome lost: the lease is over, and nothing is changed
---@cost O(I log N), I the items given, N the claimed items
---@resend safe a second run finds the items gone from the claim, and says "acked" again while the lease runs
---@role worker
---
---@example A worker has dealt with its item.
---  given  ZADD {claim} 1 offer-1 2 offer-2 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1 {now+30000} offer-2
---  given  HSET {attempts} offer-1 1 offer-2 1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=acked
---  then   ZRANGE {processing} 0 -1 = offer-2
---  then   HGETALL {attempts} = offer-2 1
---@example A worker whose lease is over may not say so.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=lost
---@example A claim that is gone is lost.
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=lost
---@example A key of another type is refused, and nothing is written.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  SET {attempts} many
---  call   claim=run-1 items=["offer-1"]
---  error  WRONGTYPE
local function ack(processing, attempts, held, items)
  if not claim_lease(held) then
    return "lost"
  end
  -- Asked for their types alone: a wrong one has to show before the first write.
  redis.call("ZCARD", processing)
  redis.call("HLEN", attempts)

  local mine = items_held(held, items)
  if #mine > 0 then
    -- at most 1000 items
    redis.call("ZREM", held, unpack(mine))
    -- at most 1000 items
    redis.call("ZREM", processing, unpack(mine))
    -- at most 1000 items
    redis.call("HDEL", attempts, unpack(mine))
  end
  return "acked"
end

return ack
