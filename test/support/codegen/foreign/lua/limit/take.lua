local stored_count = require("lib.stored_count")

--- Takes from what a caller may use in a window of time, or says when the next window begins.
---
---@version 1.0.0
---@param window key.window write
---@param amount count
---@param capacity count how much a window holds
---@param window_ms ms
---@return "granted"|"refused" outcome
---@return count? left when granted
---@return ms? retry_after_ms when refused
---@cost O(1)
---@resend never a second run takes a second time
---
---@example The first request of a window is granted.
---  call   caller=ann amount=2 capacity=10 window_ms=60000
---  reply  outcome=granted left=8
---  then   GET {window} = 2
---@example A caller that has used up the window is refused.
---  given  SET {window} 9 PX 5000
---  call   caller=ann amount=2 capacity=10 window_ms=60000
---  reply  outcome=refused retry_after_ms=~
---@example A corrupt window is named.
---  given  SET {window} many PX 5000
---  call   caller=ann amount=2 capacity=10 window_ms=60000
---  error  CORRUPT window
local function take(window, amount, capacity, window_ms)
  local used = stored_count(redis.call("GET", window), "window")
  local left_ms = redis.call("PTTL", window)
  if used + amount > capacity then
    return "refused", nil, math.min(math.max(left_ms, 1), 86400000)
  end
  if left_ms < 1 then
    left_ms = window_ms
  end
  redis.call("SET", window, used + amount, "PX", left_ms)
  return "granted", capacity - used - amount
end

return take
