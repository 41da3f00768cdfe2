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
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.try expected 2 keys and 1 argument" }
end
local arg_quantity = ARGV[1]
arg_quantity = (arg_quantity == "0" or string.find(arg_quantity, "^[1-9]%d*$")) and tonumber(arg_quantity)
if not arg_quantity or arg_quantity > 1000000 then
  return { err = "ARGUMENT stock.try quantity: expected a whole number from 0 to 1000000" }
end
local reply_outcome = try(KEYS[1], KEYS[2], arg_quantity)
return { reply_outcome }
