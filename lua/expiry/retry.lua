local claim_lease = require("lib.claim_lease")
local items_held = require("lib.items_held")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local wake_worker = require("lib.wake_worker")

--- Gives items back that a worker could not deal with, to be due again after a while.
---
--- Their attempts stay counted, unless nobody has tried them. A store that was down gets the time to come back.
---
---@version 2.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param held key.claim write
---@param items id[] as claimed; one that the claim does not hold is passed over
---@param delay_ms ms from now until they are due again
---@param untried flag? the worker had no time for them: this claim is not counted
---@return "returned"|"lost" outcome lost: the lease is over, and nothing is changed
---@cost O(I log N), I the items given, N the tracked items
---@oom runs it moves what is stored already
---@resend safe a second run finds the items gone from the claim, and says "returned" again while the lease runs
---@role worker
---
---@example An item is due again in a minute.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  reply  outcome=returned
---  then   ZCARD {processing} = 0
---  then   ZCARD {due} = 1
---@example What was not tried has one attempt less.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  ZADD {processing} {now+30000} offer-1
---  given  HSET {attempts} offer-1 3
---  call   claim=run-1 items=["offer-1"] delay_ms=1 untried=yes
---  reply  outcome=returned
---  then   HGET {attempts} offer-1 = 2
---@example A worker whose lease is over may not give back.
---  given  ZADD {claim} 1 offer-1 {now-1} ""
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  reply  outcome=lost
---@example A key of another type is refused, and nothing is written.
---  given  ZADD {claim} 1 offer-1 {now+30000} ""
---  given  SET {due} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  error  WRONGTYPE
local function retry(due, processing, attempts, held, items, delay_ms, untried)
  if not claim_lease(held) then
    return "lost"
  end
  -- Asked for their types alone: a wrong one has to show before the first write.
  redis.call("ZCARD", due)
  redis.call("ZCARD", processing)

  local due_ms = now_ms() + delay_ms
  local mine = items_held(held, items)
  local uncounted = {}
  if untried and #mine > 0 then
    -- at most 1000 items
    local counts = redis.call("HMGET", attempts, unpack(mine))
    -- at most 1000 items
    for position, item in ipairs(mine) do
      local before = stored_integer(counts[position], "attempts") or 1
      uncounted[position] = { item = item, attempts = math.max(before - 1, 0) }
    end
  end
  if #mine > 0 then
    wake_worker(due, due_ms)
  end
  -- at most 1000 items
  for _, item in ipairs(mine) do
    redis.call("ZADD", due, due_ms, item)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", held, item)
  end
  -- at most 1000 items
  for _, one in ipairs(uncounted) do
    redis.call("HSET", attempts, one.item, one.attempts)
  end
  return "returned"
end

return retry
