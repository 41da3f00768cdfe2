#!lua flags=allow-oom
-- stock.set 1.0.0. Generated from lua/stock/set.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.set expected 1 key and 2 arguments" }
end
local arg_shelf = ARGV[1]
if arg_shelf == "" or #arg_shelf > 64 then
  return { err = "ARGUMENT stock.set shelf: expected 1 to 64 bytes" }
end
if string.find(arg_shelf, "[%c{}]") then
  return { err = "ARGUMENT stock.set shelf: expected no control characters and no braces" }
end
local arg_quantity_digits = ARGV[2]
local arg_quantity = (arg_quantity_digits == "0" or string.find(arg_quantity_digits, "^[1-9]%d*$"))
  and tonumber(arg_quantity_digits)
if not arg_quantity or arg_quantity > 1000000 then
  return { err = "ARGUMENT stock.set quantity: expected a whole number from 0 to 1000000" }
end

-- From lua/stock/set.lua:
--- Sets what lies on one shelf.
do
  local stock, shelf, quantity, quantity_digits = KEYS[1], arg_shelf, arg_quantity, arg_quantity_digits
  redis.call("HSET", stock, shelf, quantity_digits)
  return "set"
end
