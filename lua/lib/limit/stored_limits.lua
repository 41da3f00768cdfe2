--- Reads the rate limits of a name, which are stored as `<period_ms>:<full_at_us>;` each.
---
---@param value string|false as GET returned it
---@return table full_at_us by the period in milliseconds
local function stored_limits(value)
  local MAX_LIMITS = 8
  -- The upper bound of the type ms.
  local MAX_PERIOD_MS = 31622400000
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  local stored = {}
  if not value then
    return stored
  end
  local position = 1
  -- at most 8 limits
  for _ = 1, MAX_LIMITS do
    local _, entry_end, period, full_at = string.find(value, "^(%d+):(%d+);", position)
    local period_ms, full_at_us = tonumber(period), tonumber(full_at)
    if not entry_end or period_ms < 1 or period_ms > MAX_PERIOD_MS or full_at_us > MAX_EXACT then
      error({ err = "CORRUPT rate limit" })
    end
    stored[period_ms] = full_at_us
    position = entry_end + 1
    if position > #value then
      return stored
    end
  end
  error({ err = "CORRUPT rate limit" })
end

return stored_limits
