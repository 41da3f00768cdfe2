local now_ms = require("lib.now_ms")
local wake_worker = require("lib.expiry.wake_worker")

--- Makes dead items due again, now and without attempts.
---
--- An item that was tracked again meanwhile is not dead any more, and keeps its instant.
---
---@version 2.0.0
---@param due key.due write
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param items id[] as expiry.list_dead returned them; the script ignores an item that is not dead
---@return processed redriven how many items were dead
---@cost O(I log N), I the given items, N the tracked and the dead items
---@resend safe in a second run the items are not dead any more
---@role worker
---
---@example A dead item is due again.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   items=["offer-1","offer-2"]
---  reply  redriven=1
---  again  redriven=0
---  then   ZCARD {due} = 1
---  then   EXISTS {dead} {dead_reason} {attempts} = 0
---@example An item that is not dead keeps its instant.
---  given  ZADD {due} {now+60000} offer-1
---  call   items=["offer-1"]
---  reply  redriven=0
---  then   ZSCORE {due} offer-1 = {now+60000}
---@example A key of another type is an error, and nothing is written.
---  given  ZADD {dead} {now-1} offer-1
---  given  SET {due} offer-1
---  call   items=["offer-1"]
---  error  WRONGTYPE
local function redrive(due, attempts, dead, reasons, items)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  if #items == 0 then
    return 0
  end

  local now = now_ms()
  local dead_since = redis.call("ZMSCORE", dead, unpack(items))
  local redriven = {}
  local is_redriven = {}
  -- at most 1000 items
  for position, item in ipairs(items) do
    -- An item may be given twice, but it counts once.
    if dead_since[position] and not is_redriven[item] then
      is_redriven[item] = true
      redriven[#redriven + 1] = item
    end
  end
  if #redriven == 0 then
    return 0
  end

  wake_worker(due, now)
  -- at most 1000 items
  for _, item in ipairs(redriven) do
    redis.call("ZADD", due, now, item)
  end
  -- at most 1000 items
  redis.call("ZREM", dead, unpack(redriven))
  -- at most 1000 items
  redis.call("HDEL", reasons, unpack(redriven))
  -- at most 1000 items
  redis.call("HDEL", attempts, unpack(redriven))
  return #redriven
end

return redrive
