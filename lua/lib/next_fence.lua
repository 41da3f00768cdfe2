--- A fencing token above every earlier one.
---
--- Redis's clock in microseconds, or one more than the last token where that is higher. So tokens rise while the last one
--- is remembered, whatever the clock does, and go on rising when it was evicted or lost in a failover.
---
---@param last integer|nil the last token given out, if remembered
---@return integer fence
local function next_fence(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

return next_fence
