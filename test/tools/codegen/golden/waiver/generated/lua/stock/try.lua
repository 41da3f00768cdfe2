#!lua
-- stock.try 1.0.0. Generated from lua/stock/try.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.try expected 2 keys and 1 argument" }
end
local arg_quantity_digits = ARGV[1]
local arg_quantity = (arg_quantity_digits == "0" or string.find(arg_quantity_digits, "^[1-9]%d*$"))
  and tonumber(arg_quantity_digits)
if not arg_quantity or arg_quantity > 1000000 then
  return { err = "ARGUMENT stock.try quantity: expected a whole number from 0 to 1000000" }
end

-- From lua/stock/try.lua:
--- Notes a change, and goes on where that fails.
do
  local stock, changes, quantity, quantity_digits = KEYS[1], KEYS[2], arg_quantity, arg_quantity_digits
  redis.call("HSET", stock, "total", quantity_digits)
  -- moonpath-allow errors/swallowed: the list of changes is for people only, and may be lost
  redis.pcall("ZADD", changes, quantity_digits, "total")
  return "set"
end
