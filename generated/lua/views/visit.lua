#!lua
-- views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT views.visit expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_viewers = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT views.visit viewers: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 2 + wrapper_count then
    return { err = "ARGUMENT views.visit expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT views.visit viewers: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT views.visit viewers: expected no control characters and no braces" }
    end
    arg_viewers[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_remember_ms_digits = ARGV[wrapper_position + 1]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT views.visit remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/views/visit.lua:
--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
do
  local viewers_key, viewers, remember_ms, remember_ms_digits =
    KEYS[1], arg_viewers, arg_remember_ms, arg_remember_ms_digits
  -- at most 1000 viewers
  redis.call("PFADD", viewers_key, unpack(viewers))
  redis.call("PEXPIRE", viewers_key, remember_ms_digits)
  return "noted"
end
