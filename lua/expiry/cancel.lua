local is_claimed = require("lib.is_claimed")

--- Stops tracking an item that no worker has.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param item id
---@return "cancelled"|"claimed"|"missing" outcome claimed: a worker has it while its lease runs; missing: it is not tracked
---@cost O(log N), N the tracked items
---@resend safe a second run finds nothing to cancel; one that comes after another call undoes that one
---
---@example A tracked item is cancelled.
---  given  ZADD {due} {now+60000} offer-1
---  call   item=offer-1
---  reply  outcome=cancelled
---  again  outcome=missing
---  then   EXISTS {due} = 0
---@example An item that a worker has cannot be cancelled any more.
---  given  ZADD {processing} {now+20000} offer-1
---  call   item=offer-1
---  reply  outcome=claimed
---@example An item that a dead worker left is cancelled.
---  given  ZADD {processing} {now-1} offer-1
---  given  HSET {attempts} offer-1 1
---  call   item=offer-1
---  reply  outcome=cancelled
---  again  outcome=missing
---  then   EXISTS {processing} {attempts} = 0
---@example A key of another type is refused, and nothing is written.
---  given  ZADD {due} {now+60000} offer-1
---  given  SET {attempts} many
---  call   item=offer-1
---  error  WRONGTYPE
local function cancel(due, processing, attempts, item)
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  -- Asked for its type alone: a wrong one has to show before the first write.
  redis.call("HLEN", attempts)
  if not tracked and not abandoned then
    return "missing"
  end
  redis.call("ZREM", due, item)
  redis.call("ZREM", processing, item)
  redis.call("HDEL", attempts, item)
  return "cancelled"
end

return cancel
