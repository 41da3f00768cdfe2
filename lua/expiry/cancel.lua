local is_claimed = require("lib.expiry.is_claimed")

--- Stops tracking an item that no worker has claimed.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param item id the name of the item
---@return "cancelled"|"claimed"|"missing" outcome cancelled: the item is no longer tracked;
---   claimed: a worker has claimed the item, and its lease has not ended; missing: the item is not
---   tracked
---@cost O(log N), N the tracked items
---@resend safe if no other call for the item comes between, a second run finds no item; otherwise
---   it may undo that call
---
---@example A tracked item is cancelled.
---  given  ZADD {due} {now+60000} offer-1
---  call   item=offer-1
---  reply  outcome=cancelled
---  again  outcome=missing
---  then   EXISTS {due} = 0
---@example An item that a worker has claimed cannot be cancelled.
---  given  ZADD {processing} {now+20000} offer-1
---  call   item=offer-1
---  reply  outcome=claimed
---@example An item whose lease has ended is cancelled.
---  given  ZADD {processing} {now-1} offer-1
---  given  HSET {attempts} offer-1 1
---  call   item=offer-1
---  reply  outcome=cancelled
---  again  outcome=missing
---  then   EXISTS {processing} {attempts} = 0
---@example A key of another type is an error, and nothing is written.
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
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
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
