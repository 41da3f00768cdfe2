#!lua
-- stock.order 1.0.0. Generated from lua/stock/order.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/order.lua:
--- Notes an order, once for each operation.
local function order(order, quantity, shelf, at_least, packing, speed, gift)
  if redis.call("HLEN", order) > 0 then
    return "repeated"
  end
  redis.call("HSET", order, "quantity", quantity, "shelf", shelf or "-", "at_least", at_least or quantity)
  redis.call("HSET", order, "packing", packing or "box", "speed", speed or "slow", "gift", gift and 1 or 0)
  return "noted"
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 6 then
  return { err = "ARGUMENT stock.order expected 1 key and 6 arguments" }
end
local arg_quantity = tonumber(ARGV[1])
if not arg_quantity or arg_quantity < 0 or arg_quantity > 1000000 or arg_quantity % 1 ~= 0 then
  return { err = "ARGUMENT stock.order quantity: expected a whole number from 0 to 1000000" }
end
local arg_shelf = ARGV[2]
if arg_shelf == "" then
  arg_shelf = nil
else
  if arg_shelf == "" or #arg_shelf > 64 then
    return { err = "ARGUMENT stock.order shelf: expected 1 to 64 bytes" }
  end
  if string.find(arg_shelf, "[%c{}]") then
    return { err = "ARGUMENT stock.order shelf: expected no control characters and no braces" }
  end
end
local arg_at_least = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if not arg_at_least or arg_at_least < 0 or arg_at_least > 1000000 or arg_at_least % 1 ~= 0 then
    return { err = "ARGUMENT stock.order at_least: expected a whole number from 0 to 1000000" }
  end
end
local arg_packing = ARGV[4]
if arg_packing == "" then
  arg_packing = nil
else
  if arg_packing ~= "box" and arg_packing ~= "bag" then
    return { err = "ARGUMENT stock.order packing: expected one of its choices" }
  end
end
local arg_speed = ARGV[5]
if arg_speed == "" then
  arg_speed = nil
else
  if arg_speed ~= "slow" and arg_speed ~= "fast" then
    return { err = "ARGUMENT stock.order speed: expected one of its choices" }
  end
end
local arg_gift = ARGV[6]
if arg_gift ~= "1" and arg_gift ~= "0" then
  return { err = "ARGUMENT stock.order gift: expected 1 or 0" }
end
arg_gift = arg_gift == "1"
local reply_outcome = order(KEYS[1], arg_quantity, arg_shelf, arg_at_least, arg_packing, arg_speed, arg_gift)
return { reply_outcome }
