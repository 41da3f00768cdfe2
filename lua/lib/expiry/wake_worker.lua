--- Wakes the workers of a queue if an item will be due before all others, because they may be
--- waiting longer.
---
--- Call it before writing the item.
---
---@param due key.due
---@param due_ms integer when the item will be due
local function wake_worker(due, due_ms)
  local earliest_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
  local earliest_ms = tonumber(earliest_due[2])
  if not earliest_ms or due_ms < earliest_ms then
    redis.call("PUBLISH", due, "earlier")
  end
end

return wake_worker
