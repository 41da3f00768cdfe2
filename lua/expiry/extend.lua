local attempts_text = require("lib.expiry.attempts_text")
local claim_state = require("lib.expiry.claim_state")
local earlier_due = require("lib.expiry.earlier_due")
local note_due = require("lib.expiry.note_due")
local slot_member = require("lib.slot_member")
local stored_attempts = require("lib.expiry.stored_attempts")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Changes the instant at which a tracked item is due.
---
--- An operation is remembered in the shard of its item. So the same operation with an item of another
--- shard is a new call, not a mismatch.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param slot_queue key.slot_queue write
---@param expiry_operation key.expiry_operation write
---@param item id the name of the item
---@param due_ms epoch_ms when the item is due
---@return "extended"|"claimed"|"missing"|"mismatch" outcome extended: the item has the new time;
---   claimed: a worker has claimed the item, and its lease has not ended; missing: the item is not
---   tracked; mismatch: the operation was another call, and nothing is changed
---@cost O(log N), N the tracked items
---@resend safe within 10 minutes, the same operation returns the remembered outcome and changes
---   nothing
---
---@example A tracked item gets more time.
---  given  ZADD {due} {now+60000} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=extended
---  then   ZSCORE {due} offer-1 = {now+90000}
---@example A call that arrives again after a later call changes nothing.
---  given  ZADD {due} {now+90000} offer-1
---  given  SET {expiry_operation} "extend missing 5 offer-1"
---  call   item=offer-1 due_ms=5
---  reply  outcome=missing
---  then   ZSCORE {due} offer-1 = {now+90000}
---@example An item that is due earlier than before is due earlier in the index of the slot too.
---  given  ZADD {due} {now+60000} offer-1
---  given  ZADD {slot_queue} {now+60000} example:queue:queue_shard
---  call   item=offer-1 due_ms={now+30000}
---  reply  outcome=extended
---  then   ZRANGE {slot_queue} 0 -1 WITHSCORES = example:queue:queue_shard {now+30000}
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
local function extend(due, processing, attempts, slot_queue, expiry_operation, item, due_ms)
  local claimed, abandoned = claim_state(processing, item)
  local outcome = "extended"
  if claimed then
    outcome = "claimed"
  elseif not abandoned and not redis.call("ZSCORE", due, item) then
    outcome = "missing"
  end
  local member = slot_member(due)
  local earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  local count, _, since_ms = stored_attempts(redis.call("HGET", attempts, item))

  local due_text = string.format("%d", due_ms)
  local what = " " .. due_text .. " " .. item
  local first =
    redis.call("SET", expiry_operation, "extend " .. outcome .. what, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "extend extended" .. what and "extended"
      or first == "extend claimed" .. what and "claimed"
      or first == "extend missing" .. what and "missing"
      or "mismatch"
  end
  if outcome ~= "extended" then
    return outcome
  end
  redis.call("ZADD", due, due_text, item)
  if earlier_ms then
    note_due(slot_queue, member, earlier_ms)
  end
  if abandoned then
    redis.call("ZREM", processing, item)
    redis.call("HSET", attempts, item, attempts_text(count or 1, nil, since_ms))
  end
  return "extended"
end

return extend
