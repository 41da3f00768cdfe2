local is_claimed = require("lib.expiry.is_claimed")
local wake_worker = require("lib.expiry.wake_worker")

--- Changes the instant at which a tracked item is due.
---
---@version 1.0.1
---@param due key.due write
---@param processing key.processing write
---@param item id the name of the item
---@param due_ms epoch_ms when the item is due
---@return "extended"|"claimed"|"missing" outcome extended: the item has the new time; claimed: a
---   worker has claimed the item, and its lease has not ended; missing: the item is not tracked
---@cost O(log N), N the tracked items
---@resend safe if no other call for the item comes between, a second run sets the same instant
---   again; otherwise it may undo that call
---
---@example A tracked item gets more time.
---  given  ZADD {due} {now+60000} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=extended
---  then   ZSCORE {due} offer-1 = {now+90000}
---@example An item that a worker has claimed cannot be extended.
---  given  ZADD {processing} {now+20000} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=claimed
---@example An item that is not tracked stays untracked.
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=missing
---@example A key of another type is an error, and nothing is written.
---  given  SET {processing} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  error  WRONGTYPE
local function extend(due, processing, item, due_ms)
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  if not tracked and not abandoned then
    return "missing"
  end
  wake_worker(due, due_ms)
  redis.call("ZADD", due, due_ms, item)
  redis.call("ZREM", processing, item)
  return "extended"
end

return extend
