--- Returns Redis's clock, in microseconds since 1970-01-01 UTC.
---
---@return integer now_us
local function now_us()
  local clock = redis.call("TIME")
  return clock[1] * 1000000 + clock[2]
end

return now_us
