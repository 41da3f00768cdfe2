--- Returns a number above the last one, for fences and batches.
---
--- It is Redis's clock in microseconds, or the last number plus one if that is higher. While the
--- last number is stored, numbers rise even if the clock goes back. After a failover or an eviction
--- has lost it, they rise if the clocks of the servers agree.
---
---@param last integer|nil the last number, if it is stored
---@return integer number
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

return next_number
