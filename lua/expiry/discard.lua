local dead_among = require("lib.expiry.dead_among")
local remembered_count = require("lib.expiry.remembered_count")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Removes dead items with their reasons and attempts.
---
--- An item that was tracked again meanwhile is not dead any more, and stays.
---
---@version 1.0.0
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param expiry_operation key.expiry_operation write
---@param items id[] at most 100: as expiry.list_dead returned them; the script ignores an item that
---   is not dead
---@return "discarded"|"mismatch" outcome mismatch: the operation was another call, and nothing is
---   changed
---@return processed? discarded when discarded: how many items were dead
---@cost O(I log N), I the given items, N the dead items
---@oom runs it deletes; only its operation is stored, for 11 minutes
---@resend safe within 10 minutes, the same operation returns the remembered count and changes
---   nothing
---@role worker
---
---@example A dead item is removed.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   items=["offer-1","offer-2"]
---  reply  outcome=discarded discarded=1
---  then   EXISTS {dead} {dead_reason} {attempts} = 0
---@example An operation that was another call is a mismatch.
---  given  ZADD {dead} {now-1} offer-1
---  given  SET {expiry_operation} "track tracked 5 offer-1"
---  call   items=["offer-1"]
---  reply  outcome=mismatch
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {dead} {now-1} offer-1
---  given  SET {dead_reason} offer-1
---  call   items=["offer-1"]
---  error  WRONGTYPE
local function discard(attempts, dead, reasons, expiry_operation, items)
  if #items == 0 then
    return "discarded", 0
  end
  -- Names have no control characters, so two different lists never give the same text.
  local call = "discard " .. redis.sha1hex(table.concat(items, "\n"))
  local count, mismatch = remembered_count(expiry_operation, call)
  if mismatch then
    return "mismatch"
  elseif count then
    return "discarded", count
  end

  local found = dead_among(dead, items)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  redis.call("SET", expiry_operation, string.format("%d %s", #found, call), "PX", HORIZON_MS)
  if #found > 0 then
    -- at most 100 items
    redis.call("ZREM", dead, unpack(found))
    -- at most 100 items
    redis.call("HDEL", reasons, unpack(found))
    -- at most 100 items
    redis.call("HDEL", attempts, unpack(found))
  end
  return "discarded", #found
end

return discard
