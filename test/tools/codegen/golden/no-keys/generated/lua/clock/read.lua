#!lua flags=no-writes
-- clock.read 1.0.0. Generated from lua/clock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT clock.read expected 0 keys and 0 arguments" }
end

-- From lua/clock/read.lua:
--- Tells Redis's clock.
do
  return (now_ms())
end
