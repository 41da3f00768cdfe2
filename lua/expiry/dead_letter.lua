local claim_lease = require("lib.claim_lease")
local items_held = require("lib.items_held")
local now_ms = require("lib.now_ms")

--- Gives items up that a worker cannot deal with, however often it tries: they are dead, with the reason, until redriven.
---
---@version 1.0.1
---@param processing key.processing write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param held key.claim write
---@param items id[] as claimed; one that the claim does not hold is passed over
---@param reason note why
---@return "dead_lettered"|"lost" outcome lost: the lease is over, and nothing is changed
---@cost O(I log N), I the items given, N the claimed and the dead items
---@oom runs it lets workers go on; each reason takes up to 1000 bytes more
---@resend safe a second run finds the items gone from the claim, and says "dead_lettered" again while the lease runs
---@role worker
---
---@example An item is given up.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  reply  outcome=dead_lettered
---  then   ZCARD {processing} = 0
---  then   HGET {dead_reason} offer-1 = "no such offer"
---@example A worker whose lease is over may not give up.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  reply  outcome=lost
---@example A key of another type is refused, and nothing is written.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  SET {dead_reason} why
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  error  WRONGTYPE
local function dead_letter(processing, dead, reasons, held, items, reason)
  if not claim_lease(held) then
    return "lost"
  end
  -- Asked for their types alone: a wrong one has to show before the first write.
  redis.call("ZCARD", processing)
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)

  local dead_since_ms = now_ms()
  -- at most 1000 items
  for _, item in ipairs(items_held(held, items)) do
    redis.call("ZADD", dead, dead_since_ms, item)
    redis.call("HSET", reasons, item, reason)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", held, item)
  end
  return "dead_lettered"
end

return dead_letter
