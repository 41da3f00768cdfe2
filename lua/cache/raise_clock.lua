local clock_now = require("lib.cache.clock_now")

-- How long a clock is kept after it began or was last raised. Afterwards it begins at the time, which
-- is later.
local KEPT_MS = 86400000

--- Raises the clock of a tenant's tags. A caller does so when it invalidates a tag.
---
---@version 1.0.0
---@param cache_clock key.cache_clock write
---@return clock_reading reading above all earlier ones
---@cost O(1)
---@oom runs otherwise a full server would go on with old values; one number
---@resend never a second run raises it again
---
---@example It rises at least to the time.
---  given  SET {cache_clock} 1767225600000000 PX 600000
---  call
---  reply  reading=~
---@example It rises by one if it is ahead of the time.
---  given  SET {cache_clock} 8000000000000000 PX 600000
---  call
---  reply  reading=8000000000000001
---@example A wrong text is an error.
---  given  SET {cache_clock} noon
---  call
---  error  CORRUPT cache clock
local function raise_clock(cache_clock)
  local reading, now_us = clock_now(redis.call("GET", cache_clock))
  local raised = math.max(now_us, (reading or 0) + 1)
  redis.call("SET", cache_clock, string.format("%d", raised), "PX", KEPT_MS)
  return raised
end

return raise_clock
