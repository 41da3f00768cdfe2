#!lua flags=no-writes
-- clock.shift 1.0.0. Generated from lua/clock/shift.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 0 or #ARGV ~= 1 then
  return { err = "ARGUMENT clock.shift expected 0 keys and 1 argument" }
end
local arg_ago = tonumber(ARGV[1])
if not arg_ago or arg_ago < 0 or arg_ago > 1000000 or arg_ago % 1 ~= 0 then
  return { err = "ARGUMENT clock.shift ago: expected a whole number from 0 to 1000000" }
end

-- From lua/clock/shift.lua:
--- Tells Redis's clock some time ago.
do
  local ago = arg_ago
  return now_ms() - ago
end
