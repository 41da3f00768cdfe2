local is_claimed = require("lib.expiry.is_claimed")

--- Stops tracking an item that no worker has claimed, or removes a dead item.
---
---@version 2.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param item id the name of the item
---@return "cancelled"|"discarded"|"claimed"|"missing" outcome cancelled: the item is no longer
---   tracked; discarded: the item was dead, and is removed with its reason; claimed: a worker has
---   claimed the item, and its lease has not ended; missing: the item is neither tracked nor dead
---@cost O(log N), N the tracked and the dead items
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
---@example A dead item is removed.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   item=offer-1
---  reply  outcome=discarded
---  again  outcome=missing
---  then   EXISTS {dead} {dead_reason} {attempts} = 0
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {due} {now+60000} offer-1
---  given  SET {attempts} many
---  call   item=offer-1
---  error  WRONGTYPE
local function cancel(due, processing, attempts, dead, reasons, item)
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  if not tracked and not abandoned and not is_dead then
    return "missing"
  end
  redis.call("ZREM", due, item)
  redis.call("ZREM", processing, item)
  redis.call("HDEL", attempts, item)
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
  end
  return (tracked or abandoned) and "cancelled" or "discarded"
end

return cancel
