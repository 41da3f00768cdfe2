#!lua
-- stock.try 1.0.0. Generated from lua/stock/try.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/try.lua:
--- Notes a change, and goes on where that fails.
local function try(stock, changes, quantity)
  redis.call("HSET", stock, "total", quantity)
  -- moonpath-allow errors/swallowed: the list of changes is for people only, and may be lost
  redis.pcall("ZADD", changes, quantity, "total")
  return "set"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.try " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

if #KEYS ~= 2 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT stock.try expected 2 keys and 1 argument")
end
local arg_quantity = wrapper_read_integer("quantity", ARGV[1], 0, 1000000)
local reply_outcome = try(KEYS[1], KEYS[2], arg_quantity)
return { reply_outcome }
