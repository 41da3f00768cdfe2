local now_ms = require("lib.now_ms")
local remembered_count = require("lib.expiry.remembered_count")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Removes the oldest dead items, those that have been dead for longer than max_age_ms.
---
---@version 1.0.0
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param expiry_operation key.expiry_operation write
---@param max_age_ms ms how long an item stays dead
---@param limit item_limit the maximum number of items; if so many were removed, call again
---@return "discarded"|"mismatch" outcome mismatch: the operation was another call, and nothing is
---   changed
---@return processed? discarded when discarded: how many items were removed
---@cost O(limit * log N), N the dead items
---@oom runs it deletes; only its operation is stored, for 11 minutes
---@resend safe within 10 minutes, the same operation returns the remembered count and changes
---   nothing
---@role worker
---
---@example Only an item that has been dead for too long is removed.
---  given  ZADD {dead} {now-90000} offer-1 {now-1000} offer-2
---  given  HSET {dead_reason} offer-1 "no such offer" offer-2 "no such offer"
---  call   max_age_ms=60000 limit=10
---  reply  outcome=discarded discarded=1
---  then   ZRANGE {dead} 0 -1 = offer-2
---  then   HKEYS {dead_reason} = offer-2
---@example There are no dead items.
---  call   max_age_ms=60000 limit=10
---  reply  outcome=discarded discarded=0
---@example An operation that was another call is a mismatch.
---  given  ZADD {dead} {now-90000} offer-1
---  given  SET {expiry_operation} "track tracked 5 offer-1"
---  call   max_age_ms=60000 limit=10
---  reply  outcome=mismatch
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {dead} {now-90000} offer-1
---  given  SET {attempts} many
---  call   max_age_ms=60000 limit=10
---  error  WRONGTYPE
local function discard_old(attempts, dead, reasons, expiry_operation, max_age_ms, limit)
  local call = string.format("discard_old %d %d", max_age_ms, limit)
  local count, mismatch = remembered_count(expiry_operation, call)
  if mismatch then
    return "mismatch"
  elseif count then
    return "discarded", count
  end

  local before = "(" .. string.format("%d", now_ms() - max_age_ms)
  local found = redis.call("ZRANGE", dead, "-inf", before, "BYSCORE", "LIMIT", 0, limit)
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

return discard_old
