#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT coupon.redeem expected 1 key and 2 arguments" }
end
local arg_customer = ARGV[1]
if arg_customer == "" or #arg_customer > 256 then
  return { err = "ARGUMENT coupon.redeem customer: expected 1 to 256 bytes" }
end
if string.find(arg_customer, "[%c{}]") then
  return { err = "ARGUMENT coupon.redeem customer: expected no control characters and no braces" }
end
local arg_limit = tonumber(ARGV[2])
if not arg_limit or arg_limit < 0 or arg_limit > 1000000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT coupon.redeem limit: expected a whole number from 0 to 1000000" }
end

-- From lua/coupon/redeem.lua:
--- Redeems a coupon for a customer, once, as long as uses are left.
do
  local coupon, customer, limit = KEYS[1], arg_customer, arg_limit
  local used = redis.call("SCARD", coupon)
  if redis.call("SISMEMBER", coupon, customer) == 1 then
    return { "repeated", math.max(limit - used, 0) }
  end
  if used >= limit then
    return "spent"
  end
  redis.call("SADD", coupon, customer)
  return { "redeemed", limit - used - 1 }
end
