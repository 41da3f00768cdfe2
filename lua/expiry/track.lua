local attempts_text = require("lib.expiry.attempts_text")
local earlier_due = require("lib.expiry.earlier_due")
local note_due = require("lib.expiry.note_due")
local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stored_attempts = require("lib.expiry.stored_attempts")
local stored_integer = require("lib.stored_integer")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Sets the instant at which an item is due. It replaces an earlier instant.
---
--- If a worker has claimed the item, the script stores the instant, and the item is due then after its
--- claim. So a run begins after each call, and at most one run waits.
---
--- With debounce_ms, the item is due so long after the last of a series of calls, and at most
--- max_wait_ms after the first one. A claim ends the series; calls during the claim are a series of
--- their own. If the item has attempts, such a call never makes it due earlier, because it may wait for
--- a retry. So it also keeps a later time that a call with due_ms has set. Only due_ms replaces that.
---
--- A dead item begins anew: it is no longer dead, and has no attempts. An item whose lease has ended
--- keeps its attempts.
---
--- An operation is remembered in the shard of its item. So the same operation with an item of another
--- shard is a new call, not a mismatch.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param slot_queue key.slot_queue write
---@param expiry_operation key.expiry_operation write
---@param item id the name of the item
---@param due_ms epoch_ms? when the item is due; absent: debounce_ms and max_wait_ms say it
---@param debounce_ms ms? from the last call of a series until the item is due
---@param max_wait_ms ms? the most from the first call of the series; not below debounce_ms
---@return "tracked"|"again"|"mismatch" outcome tracked: the item has the new time; again: a worker has
---   claimed the item, its lease has not ended, and the item has the new time after its claim;
---   mismatch: the operation was another call, and nothing is changed
---@cost O(log N), N the tracked and the dead items
---@resend safe within 10 minutes, the same operation returns the remembered outcome and changes
---   nothing
---@many 64
---
---@example An item is tracked.
---  call   operation=offer-1-v1 item=offer-1 due_ms=8000000000000
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = 8000000000000
---  then   ZRANGE {slot_queue} 0 -1 WITHSCORES = example:queue:queue_shard 8000000000000
---  then   GET {expiry_operation} = "track tracked 8000000000000 offer-1"
---@example A tracked item gets the new instant.
---  given  ZADD {due} {now+60000} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = {now+90000}
---@example A call that arrives again after a later call changes nothing.
---  given  ZADD {due} {now+90000} offer-1
---  given  SET {expiry_operation} "track tracked 5 offer-1"
---  call   item=offer-1 due_ms=5
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = {now+90000}
---@example The same operation with another item is a mismatch.
---  given  SET {expiry_operation} "track tracked 5 offer-1"
---  call   item=offer-2 due_ms=5
---  reply  outcome=mismatch
---@example An item that a worker has claimed is due again after its claim.
---  given  ZADD {processing} {now+20000} offer-1
---  call   item=offer-1 due_ms=8000000000000
---  reply  outcome=again
---  then   HGET {attempts} offer-1 = "1 again 8000000000000"
---  then   EXISTS {due} {slot_queue} = 0
---@example A series of calls is debounced, and ends at most max_wait_ms after its first call.
---  given  HSET {attempts} offer-1 "0 since 8000"
---  given  ZADD {due} 9000 offer-1
---  call   operation=call-9 item=offer-1 debounce_ms=1000 max_wait_ms=5000
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = 13000
---  then   GET {expiry_operation} = "track tracked debounce 1000 5000 offer-1"
---@example Calls for a claimed item are a series of their own.
---  given  ZADD {processing} {now+20000} offer-1
---  given  HSET {attempts} offer-1 "2 again 9000 since 8000"
---  call   item=offer-1 debounce_ms=1000 max_wait_ms=5000
---  reply  outcome=again
---  then   HGET {attempts} offer-1 = "2 again 13000 since 8000"
---@example A debounced item that waits for a retry is not due before it.
---  given  ZADD {due} 8000000000000 offer-1
---  given  HSET {attempts} offer-1 "2 since 8000"
---  call   item=offer-1 debounce_ms=1000 max_wait_ms=5000
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = 8000000000000
---@example An item whose lease has ended is tracked again, with its attempts.
---  given  ZADD {processing} {now-1} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=tracked
---  then   EXISTS {processing} = 0
---  then   HGET {attempts} offer-1 = 1
---@example A dead item begins anew.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=tracked
---  then   ZSCORE {due} offer-1 = {now+90000}
---  then   EXISTS {dead} {dead_reason} {attempts} = 0
---@example If the index of the slot has lost the shard, it gets the earliest time of all items.
---  given  ZADD {due} {now+60000} offer-2
---  given  ZADD {processing} {now+20000} offer-3
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=tracked
---  then   ZSCORE {slot_queue} example:queue:queue_shard = {now+20000}
---@example A call with two times is refused.
---  call   item=offer-1 due_ms=5 debounce_ms=1000 max_wait_ms=5000
---  error  ARGUMENT expiry.track due_ms
---@example A key of another type is an error, and nothing is written.
---  given  SET {due} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  error  WRONGTYPE
local function track(
  due,
  processing,
  attempts,
  dead,
  reasons,
  slot_queue,
  expiry_operation,
  item,
  due_ms,
  debounce_ms,
  max_wait_ms
)
  local what
  if due_ms and not debounce_ms and not max_wait_ms then
    what = string.format("%d %s", due_ms, item)
  elseif not due_ms and debounce_ms and max_wait_ms and max_wait_ms >= debounce_ms then
    what = string.format("debounce %d %d %s", debounce_ms, max_wait_ms, item)
  else
    error({
      err = "ARGUMENT expiry.track due_ms: pass it alone, or debounce_ms and a max_wait_ms not below it",
    })
  end

  local lease_ends_ms = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  local claimed = lease_ends_ms and lease_ends_ms >= now_ms()
  local abandoned = lease_ends_ms and not claimed
  local is_dead = redis.call("ZSCORE", dead, item)
  local count, since_ms, _
  if lease_ends_ms or debounce_ms then
    count, _, since_ms = stored_attempts(redis.call("HGET", attempts, item))
  end
  if is_dead then
    count, since_ms = 0, nil
    -- Type checks only: WRONGTYPE must come before the first write, because Redis does not roll back.
    redis.call("HLEN", reasons)
    redis.call("HLEN", attempts)
  end
  if debounce_ms then
    local now = now_ms()
    -- Now, if the stored trigger is ahead of the clock.
    since_ms = math.min(since_ms or now, now)
    due_ms = math.min(now + debounce_ms, since_ms + max_wait_ms)
    if (count or 0) > 0 then
      -- A claimed item is not in due.
      local retry_ms = stored_integer(redis.call("ZSCORE", due, item), "due")
      due_ms = math.max(due_ms, retry_ms or 0)
    end
  end
  local member, earlier_ms
  if not claimed then
    member = slot_member(due)
    earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
  end
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", due)

  local outcome = claimed and "track again " or "track tracked "
  local first = redis.call("SET", expiry_operation, outcome .. what, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "track tracked " .. what and "tracked"
      or first == "track again " .. what and "again"
      or "mismatch"
  end
  if claimed then
    redis.call("HSET", attempts, item, attempts_text(count or 1, due_ms, since_ms))
    return "again"
  end
  redis.call("ZADD", due, string.format("%d", due_ms), item)
  if earlier_ms then
    note_due(slot_queue, member, earlier_ms)
  end
  if abandoned then
    redis.call("ZREM", processing, item)
    redis.call("HSET", attempts, item, attempts_text(count or 1, nil, since_ms))
  elseif debounce_ms then
    redis.call("HSET", attempts, item, attempts_text(count or 0, nil, since_ms))
  elseif is_dead then
    redis.call("HDEL", attempts, item)
  end
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
  end
  return "tracked"
end

return track
