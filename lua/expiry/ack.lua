local claim_lease = require("lib.expiry.claim_lease")
local held_items = require("lib.expiry.held_items")

--- Acknowledges items that a worker has processed: no worker gets them again.
---
--- If the lease has ended, another worker may have the items, and the script acknowledges none.
---
---@version 1.0.1
---@param processing key.processing write
---@param attempts key.attempts write
---@param claim_key key.claim write
---@param items id[] the script ignores an item that the claim does not hold
---@return "acked"|"lost" outcome acked: no worker gets the items again; lost: the lease has ended,
---   and nothing is changed
---@cost O(I log N), I the given items, N the claimed items
---@resend safe in a second run the claim no longer holds the items; it is "acked" again until the
---   lease ends
---@role worker
---
---@example A worker has processed its item.
---  given  ZADD {claim} 1 offer-1 2 offer-2 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1 {now+30000} offer-2
---  given  HSET {attempts} offer-1 1 offer-2 1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=acked
---  then   ZRANGE {processing} 0 -1 = offer-2
---  then   HGETALL {attempts} = offer-2 1
---@example A worker whose lease has ended cannot acknowledge.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=lost
---@example A claim that does not exist is lost.
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=lost
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  SET {attempts} many
---  call   claim=run-1 items=["offer-1"]
---  error  WRONGTYPE
local function ack(processing, attempts, claim_key, items)
  if not claim_lease(claim_key) then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", processing)
  redis.call("HLEN", attempts)

  local held = held_items(claim_key, items)
  if #held > 0 then
    -- at most 1000 items
    redis.call("ZREM", claim_key, unpack(held))
    -- at most 1000 items
    redis.call("ZREM", processing, unpack(held))
    -- at most 1000 items
    redis.call("HDEL", attempts, unpack(held))
  end
  return "acked"
end

return ack
