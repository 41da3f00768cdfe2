local clock_now = require("lib.cache.clock_now")

-- How long a clock is kept after it began or was last raised. Afterwards it begins at the time, which
-- is later.
local KEPT_MS = 86400000

--- Reads the clock of a tenant's tags. A clock that nobody has used begins at the present time.
---
---@version 1.0.0
---@param cache_clock key.cache_clock write
---@return clock_reading reading
---@cost O(1)
---@resend safe a second run reads the same, or a later reading
---
---@example The present reading.
---  given  SET {cache_clock} 1767225600000000 PX 600000
---  call
---  reply  reading=1767225600000000
---@example A clock that nobody has used.
---  call
---  reply  reading=*
---@example A wrong text is an error.
---  given  SET {cache_clock} noon
---  call
---  error  CORRUPT cache clock
local function open_clock(cache_clock)
  local reading, now_us = clock_now(redis.call("GET", cache_clock))
  if reading then
    return reading
  end
  redis.call("SET", cache_clock, string.format("%d", now_us), "PX", KEPT_MS)
  return now_us
end

return open_clock
