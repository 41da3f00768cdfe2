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
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT clock.shift " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

if #KEYS ~= 0 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT clock.shift expected 0 keys and 1 argument")
end
local arg_ago = wrapper_read_integer("ago", ARGV[1], 0, 1000000)
local reply_then_ms = shift(arg_ago)
return { reply_then_ms }
