#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/coupon/redeem.lua:
--- Redeems a coupon for a customer, once, as long as uses are left.
local function redeem(coupon, customer, limit)
  local used = redis.call("SCARD", coupon)
  if redis.call("SISMEMBER", coupon, customer) == 1 then
    return "repeated", math.max(limit - used, 0)
  end
  if used >= limit then
    return "spent"
  end
  redis.call("SADD", coupon, customer)
  return "redeemed", limit - used - 1
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
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
local arg_limit = ARGV[2]
arg_limit = (arg_limit == "0" or string.find(arg_limit, "^[1-9]%d*$")) and tonumber(arg_limit)
if not arg_limit or arg_limit > 1000000 then
  return { err = "ARGUMENT coupon.redeem limit: expected a whole number from 0 to 1000000" }
end
local reply_outcome, reply_left = redeem(KEYS[1], arg_customer, arg_limit)
return { reply_outcome, reply_left or false }
