local dead_among = require("lib.expiry.dead_among")
local now_ms = require("lib.now_ms")
local remembered_count = require("lib.expiry.remembered_count")
local slot_member = require("lib.slot_member")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Makes dead items due again, now and without attempts.
---
--- An item that was tracked again meanwhile is not dead any more, and keeps its instant.
---
---@version 1.0.0
---@param due key.due write
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param slot_queue key.slot_queue write
---@param expiry_operation key.expiry_operation write
---@param items id[] at most 100: as expiry.list_dead returned them; the script ignores an item that
---   is not dead
---@return "redriven"|"mismatch" outcome mismatch: the operation was another call, and nothing is
---   changed
---@return processed? redriven when redriven: how many items were dead
---@cost O(I log N), I the given items, N the tracked and the dead items
---@resend safe within 10 minutes, the same operation returns the remembered count and changes
---   nothing
---@role worker
---
---@example A dead item is due again.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   items=["offer-1","offer-2"]
---  reply  outcome=redriven redriven=1
---  then   ZCARD {due} = 1
---  then   ZCARD {slot_queue} = 1
---  then   EXISTS {dead} {dead_reason} {attempts} = 0
---@example An item that is not dead keeps its instant.
---  given  ZADD {due} {now+60000} offer-1
---  call   items=["offer-1"]
---  reply  outcome=redriven redriven=0
---  then   ZSCORE {due} offer-1 = {now+60000}
---@example An operation that was another call is a mismatch.
---  given  ZADD {dead} {now-1} offer-1
---  given  SET {expiry_operation} "track tracked 5 offer-1"
---  call   items=["offer-1"]
---  reply  outcome=mismatch
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {dead} {now-1} offer-1
---  given  SET {due} offer-1
---  call   items=["offer-1"]
---  error  WRONGTYPE
local function redrive(due, attempts, dead, reasons, slot_queue, expiry_operation, items)
  if #items == 0 then
    return "redriven", 0
  end
  -- Names have no control characters, so two different lists never give the same text.
  local call = "redrive " .. redis.sha1hex(table.concat(items, "\n"))
  local count, mismatch = remembered_count(expiry_operation, call)
  if mismatch then
    return "mismatch"
  elseif count then
    return "redriven", count
  end

  local now = now_ms()
  local now_text = string.format("%d", now)
  local redriven = dead_among(dead, items)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", slot_queue)
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  local remembered = string.format("%d %s", #redriven, call)
  if #redriven == 0 then
    redis.call("SET", expiry_operation, remembered, "PX", HORIZON_MS)
    return "redriven", 0
  end

  local instants = {}
  -- at most 100 items
  for position, item in ipairs(redriven) do
    instants[2 * position - 1] = now_text
    instants[2 * position] = item
  end
  -- at most 200 values
  redis.call("ZADD", due, unpack(instants))
  redis.call("SET", expiry_operation, remembered, "PX", HORIZON_MS)
  if redis.call("ZADD", slot_queue, "LT", "CH", now_text, slot_member(due)) == 1 then
    redis.call("PUBLISH", slot_queue, now_text)
  end
  -- at most 100 items
  redis.call("ZREM", dead, unpack(redriven))
  -- at most 100 items
  redis.call("HDEL", reasons, unpack(redriven))
  -- at most 100 items
  redis.call("HDEL", attempts, unpack(redriven))
  return "redriven", #redriven
end

return redrive
