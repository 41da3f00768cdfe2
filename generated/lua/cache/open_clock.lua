#!lua
-- cache.open_clock 1.0.0. Generated from lua/cache/open_clock.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/clock_now.lua:
--- The least reading of a tenant's clock at this time: the time in microseconds. So a clock that was
--- evicted does not repeat a reading.
local function clock_now(stored)
  -- The upper bound of the type clock_reading. A stored one leaves room for the next.
  local MAX_READING = 9007199254740991
  local clock = redis.call("TIME")
  local now_us = clock[1] * 1000000 + clock[2]
  if not stored then
    return nil, now_us
  end
  local reading = tonumber(stored)
  if not reading or reading % 1 ~= 0 or reading < 1 or reading >= MAX_READING then
    error({ err = "CORRUPT cache clock" })
  end
  return reading, now_us
end

-- From lua/cache/open_clock.lua:
-- How long a clock is kept after it began or was last raised. Afterwards it begins at the time, which
-- is later.
local KEPT_MS = 86400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.open_clock expected 1 key and 0 arguments" }
end

--- Reads the clock of a tenant's tags. A clock that nobody has used begins at the present time.
do
  local cache_clock = KEYS[1]
  local reading, now_us = clock_now(redis.call("GET", cache_clock))
  if reading then
    return reading
  end
  redis.call("SET", cache_clock, string.format("%d", now_us), "PX", KEPT_MS)
  return now_us
end
