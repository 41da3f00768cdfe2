local claim_lease = require("lib.expiry.claim_lease")
local held_items = require("lib.expiry.held_items")
local now_ms = require("lib.now_ms")

--- Moves items that a worker cannot process to the dead items, and stores the reason. They stay
--- there until they are redriven.
---
---@version 1.0.1
---@param processing key.processing write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param claim_key key.claim write
---@param items id[] the script ignores an item that the claim does not hold
---@param reason note why the worker cannot process them
---@return "dead_lettered"|"lost" outcome dead_lettered: the items are dead; lost: the lease has
---   ended, and nothing is changed
---@cost O(I log N), I the given items, N the claimed and the dead items
---@oom runs workers must be able to continue; each reason takes up to 1000 bytes
---@resend safe in a second run the claim no longer holds the items; it is "dead_lettered" again
---   until the lease ends
---@role worker
---
---@example An item becomes dead.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  reply  outcome=dead_lettered
---  then   ZCARD {processing} = 0
---  then   HGET {dead_reason} offer-1 = "no such offer"
---@example A worker whose lease has ended cannot move an item.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  reply  outcome=lost
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  SET {dead_reason} why
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  error  WRONGTYPE
local function dead_letter(processing, dead, reasons, claim_key, items, reason)
  if not claim_lease(claim_key) then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", processing)
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)

  local dead_since_ms = now_ms()
  -- at most 1000 items
  for _, item in ipairs(held_items(claim_key, items)) do
    redis.call("ZADD", dead, dead_since_ms, item)
    redis.call("HSET", reasons, item, reason)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", claim_key, item)
  end
  return "dead_lettered"
end

return dead_letter
