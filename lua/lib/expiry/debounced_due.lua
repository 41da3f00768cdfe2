local now_ms = require("lib.now_ms")

--- Computes when an item of a series of calls is due: so long after this call, but at most
--- `max_wait_ms` after the first.
---
---@param since_ms integer|nil the first call of the series; nil: this call is the first
---@param debounce_ms integer
---@param max_wait_ms integer
---@return integer due_ms
---@return integer first_ms the first call, which is now if the stored one is ahead of the clock
local function debounced_due(since_ms, debounce_ms, max_wait_ms)
  local now = now_ms()
  local first_ms = math.min(since_ms or now, now)
  return math.min(now + debounce_ms, first_ms + max_wait_ms), first_ms
end

return debounced_due
