local claim_state = require("lib.expiry.claim_state")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Stops tracking an item that no worker has claimed, or removes a dead item.
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
---@param expiry_operation key.expiry_operation write
---@param item id the name of the item
---@return "cancelled"|"discarded"|"claimed"|"missing"|"mismatch" outcome cancelled: the item is no
---   longer tracked; discarded: the item was dead, and is removed with its reason; claimed: a worker
---   has claimed the item, and its lease has not ended; missing: the item is neither tracked nor
---   dead; mismatch: the operation was another call, and nothing is changed
---@cost O(log N), N the tracked and the dead items
---@oom runs it removes an item; the remembered outcome takes about 200 bytes for 11 minutes
---@resend safe within 10 minutes, the same operation returns the remembered outcome and changes
---   nothing
---
---@example A tracked item is cancelled.
---  given  ZADD {due} {now+60000} offer-1
---  call   item=offer-1
---  reply  outcome=cancelled
---  then   EXISTS {due} = 0
---@example A call that arrives again after the item was tracked anew changes nothing.
---  given  ZADD {due} {now+60000} offer-1
---  given  SET {expiry_operation} "cancel cancelled offer-1"
---  call   item=offer-1
---  reply  outcome=cancelled
---  then   ZCARD {due} = 1
---@example An item that a worker has claimed cannot be cancelled.
---  given  ZADD {processing} {now+20000} offer-1
---  call   item=offer-1
---  reply  outcome=claimed
---@example An item whose lease has ended is cancelled.
---  given  ZADD {processing} {now-1} offer-1
---  given  HSET {attempts} offer-1 2
---  call   item=offer-1
---  reply  outcome=cancelled
---  then   EXISTS {processing} {attempts} = 0
---@example A dead item is removed.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   item=offer-1
---  reply  outcome=discarded
---  then   EXISTS {dead} {dead_reason} {attempts} = 0
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {due} {now+60000} offer-1
---  given  SET {attempts} many
---  call   item=offer-1
---  error  WRONGTYPE
local function cancel(due, processing, attempts, dead, reasons, expiry_operation, item)
  local claimed, abandoned = claim_state(processing, item)
  local tracked = redis.call("ZSCORE", due, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  local outcome = "missing"
  if claimed then
    outcome = "claimed"
  elseif tracked or abandoned then
    outcome = "cancelled"
  elseif is_dead then
    outcome = "discarded"
  end

  local call = "cancel " .. outcome .. " " .. item
  local first = redis.call("SET", expiry_operation, call, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "cancel cancelled " .. item and "cancelled"
      or first == "cancel discarded " .. item and "discarded"
      or first == "cancel claimed " .. item and "claimed"
      or first == "cancel missing " .. item and "missing"
      or "mismatch"
  end
  if outcome == "cancelled" or outcome == "discarded" then
    redis.call("ZREM", due, item)
    redis.call("ZREM", processing, item)
    redis.call("HDEL", attempts, item)
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
  end
  return outcome
end

return cancel
