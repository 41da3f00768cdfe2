#!lua flags=no-writes
-- clock.shift 1.0.0. Generated from lua/clock/shift.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/clock/shift.lua:
--- Tells Redis's clock some time ago.
local function shift(ago)
  return now_ms() - ago
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
if #KEYS ~= 0 or #ARGV ~= 1 then
  return { err = "ARGUMENT clock.shift expected 0 keys and 1 argument" }
end
local arg_ago = ARGV[1]
arg_ago = (arg_ago == "0" or string.find(arg_ago, "^[1-9]%d*$")) and tonumber(arg_ago)
if not arg_ago or arg_ago > 1000000 then
  return { err = "ARGUMENT clock.shift ago: expected a whole number from 0 to 1000000" }
end
local reply_then_ms = shift(arg_ago)
return { reply_then_ms }
