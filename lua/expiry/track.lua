local is_claimed = require("lib.expiry.is_claimed")
local wake_worker = require("lib.expiry.wake_worker")

--- Sets the instant at which an item is due. It replaces an earlier instant.
---
--- A dead item begins anew: it is no longer dead, and has no attempts.
---
---@version 2.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param item id the name of the item
---@param due_ms epoch_ms when the item is due
---@return "tracked"|"claimed" outcome tracked: the item has the new time; claimed: a worker has
---   claimed the item, its lease has not ended, and nothing is changed
---@cost O(log N), N the tracked and the dead items
---@resend safe if no other call for the item comes between, a second run sets the same instant
---   again; otherwise it may undo that call
---
---@example An item is tracked.
---  call   item=offer-1 due_ms={now+60000}
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = {now+60000}
---@example A tracked item gets the new instant.
---  given  ZADD {due} {now+60000} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = {now+90000}
---@example An item that a worker has claimed stays claimed.
---  given  ZADD {processing} {now+20000} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=claimed
---@example An item whose lease has ended is tracked again.
---  given  ZADD {processing} {now-1} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=tracked
---  then   EXISTS {processing} = 0
---@example A dead item begins anew.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = {now+90000}
---  then   EXISTS {dead} {dead_reason} {attempts} = 0
---@example A key of another type is an error, and nothing is written.
---  given  SET {due} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  error  WRONGTYPE
local function track(due, processing, attempts, dead, reasons, item, due_ms)
  if is_claimed(processing, item) then
    return "claimed"
  end
  local is_dead = redis.call("ZSCORE", dead, item)
  if is_dead then
    -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
    redis.call("HLEN", reasons)
    redis.call("HLEN", attempts)
  end
  wake_worker(due, due_ms)
  redis.call("ZADD", due, due_ms, item)
  redis.call("ZREM", processing, item)
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
    redis.call("HDEL", attempts, item)
  end
  return "tracked"
end

return track
