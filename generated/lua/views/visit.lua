#!lua
-- views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/views/visit.lua:
--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
local function visit(viewers_key, viewers, remember_ms)
  -- at most 1000 viewers
  redis.call("PFADD", viewers_key, unpack(viewers))
  redis.call("PEXPIRE", viewers_key, remember_ms)
  return "noted"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT views.visit " .. argument .. ": expected " .. expected })
end

local wrapper_position = 0
local function wrapper_next_argument()
  wrapper_position = wrapper_position + 1
  return ARGV[wrapper_position] or ""
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_read_list(argument, read_element)
  local list = {}
  for index = 1, wrapper_read_integer(argument, wrapper_next_argument(), 0, 1000) do
    list[index] = read_element()
  end
  return list
end

if #KEYS ~= 1 then
  return redis.error_reply("ARGUMENT views.visit expected 1 key")
end
local arg_viewers = wrapper_read_list("viewers", function()
  return wrapper_read_text(
    "viewers",
    wrapper_next_argument(),
    1,
    256,
    "[%c{}]",
    "no control characters and no braces"
  )
end)
local arg_remember_ms = wrapper_read_integer("remember_ms", wrapper_next_argument(), 1000, 31622400000)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT views.visit expected as many arguments as its lists say")
end
local reply_outcome = visit(KEYS[1], arg_viewers, arg_remember_ms)
return { reply_outcome }
