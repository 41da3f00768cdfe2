local claim_lease = require("lib.expiry.claim_lease")
local held_items = require("lib.expiry.held_items")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local wake_worker = require("lib.expiry.wake_worker")

--- Makes items that a worker could not process due again after a delay.
---
--- The claim counts as an attempt, unless the worker did not try the items.
---
---@version 2.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param claim_key key.claim write
---@param items id[] the script ignores an item that the claim does not hold
---@param delay_ms ms from now until the items are due again
---@param untried flag? the worker did not try the items: this claim is not an attempt
---@return "returned"|"lost" outcome returned: the items are due again after the delay; lost: the
---   lease has ended, and nothing is changed
---@cost O(I log N), I the given items, N the tracked items
---@oom runs it moves stored items
---@resend safe in a second run the claim no longer holds the items; it is "returned" again until
---   the lease ends
---@role worker
---
---@example An item is due again in a minute.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  reply  outcome=returned
---  then   ZCARD {processing} = 0
---  then   ZCARD {due} = 1
---@example An item that was not tried has one attempt less.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1
---  given  HSET {attempts} offer-1 3
---  call   claim=run-1 items=["offer-1"] delay_ms=1 untried=yes
---  reply  outcome=returned
---  then   HGET {attempts} offer-1 = 2
---@example A worker whose lease has ended cannot return an item.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  reply  outcome=lost
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  SET {due} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  error  WRONGTYPE
local function retry(due, processing, attempts, claim_key, items, delay_ms, untried)
  if not claim_lease(claim_key) then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  redis.call("ZCARD", processing)

  local due_ms = now_ms() + delay_ms
  local held = held_items(claim_key, items)
  local lowered = {}
  if untried and #held > 0 then
    -- at most 1000 items
    local counts = redis.call("HMGET", attempts, unpack(held))
    -- at most 1000 items
    for position, item in ipairs(held) do
      local before = stored_integer(counts[position], "attempts") or 1
      lowered[position] = { item = item, attempts = math.max(before - 1, 0) }
    end
  end
  if #held > 0 then
    wake_worker(due, due_ms)
  end
  -- at most 1000 items
  for _, item in ipairs(held) do
    redis.call("ZADD", due, due_ms, item)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", claim_key, item)
  end
  -- at most 1000 items
  for _, item in ipairs(lowered) do
    redis.call("HSET", attempts, item.item, item.attempts)
  end
  return "returned"
end

return retry
