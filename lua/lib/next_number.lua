--- A number above every earlier one: for fencing tokens and batches.
---
--- Redis's clock in microseconds, or one more than the last number where that is higher. So numbers rise while the last one is
--- remembered, whatever the clock does. When it was lost, in a failover or by eviction, they rise as far as the servers'
--- clocks agree.
---
---@param last integer|nil the last number given out, if remembered
---@return integer number
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

return next_number
