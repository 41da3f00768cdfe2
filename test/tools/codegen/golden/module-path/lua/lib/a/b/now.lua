--- Redis's clock, in milliseconds since 1970-01-01 UTC.
---
---@return integer now_ms
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

return now_ms
