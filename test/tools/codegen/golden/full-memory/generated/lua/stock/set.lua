#!lua flags=allow-oom
-- stock.set 1.0.0. Generated from lua/stock/set.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/set.lua:
--- Sets what lies on one shelf.
local function set(stock, shelf, quantity)
  redis.call("HSET", stock, shelf, quantity)
  return "set"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.set " .. argument .. ": expected " .. expected })
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
  return redis.error_reply("ARGUMENT stock.set expected 1 key and 2 arguments")
end
local arg_shelf = wrapper_read_text("shelf", ARGV[1], 1, 64, "[%c{}]", "no control characters and no braces")
local arg_quantity = wrapper_read_integer("quantity", ARGV[2], 0, 1000000)
local reply_outcome = set(KEYS[1], arg_shelf, arg_quantity)
return { reply_outcome }
