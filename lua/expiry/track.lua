local claim_state = require("lib.expiry.claim_state")
local earlier_due = require("lib.expiry.earlier_due")
local note_due = require("lib.expiry.note_due")
local slot_member = require("lib.slot_member")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Sets the instant at which an item is due. It replaces an earlier instant.
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
---@param due_ms epoch_ms when the item is due
---@return "tracked"|"claimed"|"mismatch" outcome tracked: the item has the new time; claimed: a
---   worker has claimed the item, its lease has not ended, and nothing is changed; mismatch: the
---   operation was another call, and nothing is changed
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
---@example An item that a worker has claimed stays claimed.
---  given  ZADD {processing} {now+20000} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  reply  outcome=claimed
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
---@example A key of another type is an error, and nothing is written.
---  given  SET {due} offer-1
---  call   item=offer-1 due_ms={now+90000}
---  error  WRONGTYPE
local function track(due, processing, attempts, dead, reasons, slot_queue, expiry_operation, item, due_ms)
  local claimed, abandoned = claim_state(processing, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  local member = slot_member(due)
  local earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  if is_dead or abandoned then
    redis.call("HLEN", reasons)
    redis.call("HLEN", attempts)
  end

  local due_text = string.format("%d", due_ms)
  local what = due_text .. " " .. item
  local outcome = claimed and "track claimed " or "track tracked "
  local first = redis.call("SET", expiry_operation, outcome .. what, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "track tracked " .. what and "tracked"
      or first == "track claimed " .. what and "claimed"
      or "mismatch"
  end
  if claimed then
    return "claimed"
  end
  redis.call("ZADD", due, due_text, item)
  if earlier_ms then
    note_due(slot_queue, member, earlier_ms)
  end
  if abandoned then
    redis.call("ZREM", processing, item)
    redis.call("HSETNX", attempts, item, "1")
  end
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
    redis.call("HDEL", attempts, item)
  end
  return "tracked"
end

return track
