#!lua
-- idempotency.mark 1.0.0. Generated from lua/idempotency/mark.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/idempotency/mark.lua:
--- Marks an event as seen, and tells whether this call was the first.
local function mark(mark_key, operation, remember_ms)
  local marked_by = redis.call("GET", mark_key)
  if marked_by == operation then
    return "first"
  end
  if marked_by then
    return "repeated"
  end
  redis.call("SET", mark_key, operation, "PX", remember_ms)
  return "first"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT idempotency.mark " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 1 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT idempotency.mark expected 1 key and 2 arguments")
end
local arg_operation =
  wrapper_read_text("operation", ARGV[1], 1, 128, "[%c{}]", "no control characters and no braces")
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[2], 1000, 31622400000)
local reply_outcome = mark(KEYS[1], arg_operation, arg_remember_ms)
return { reply_outcome }
