--- Stops tracking an item that is not yet claimed.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing read
---@param attempts key.attempts write
---@param item id
---@return "cancelled"|"claimed"|"missing" outcome claimed: it was due, and a worker has it; missing: it is not tracked
---@cost O(log N), N the tracked items
---@resend safe a second run finds nothing to cancel
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
---@example A key of another type is refused, and nothing is written.
---  given  ZADD {due} {now+60000} offer-1
---  given  SET {attempts} many
---  call   item=offer-1
---  error  WRONGTYPE
local function cancel(due, processing, attempts, item)
  local claimed = redis.call("ZSCORE", processing, item)
  local tracked = redis.call("ZSCORE", due, item)
  local tried = redis.call("HEXISTS", attempts, item)
  if claimed then
    return "claimed"
  end
  if not tracked then
    return "missing"
  end
  redis.call("ZREM", due, item)
  if tried == 1 then
    redis.call("HDEL", attempts, item)
  end
  return "cancelled"
end

return cancel
