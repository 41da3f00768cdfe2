#!lua
-- voucher.redeem 1.0.0. Generated from lua/voucher/redeem.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT voucher.redeem expected 1 key and 2 arguments" }
end
local arg_customer = ARGV[1]
if arg_customer == "" or #arg_customer > 256 then
  return { err = "ARGUMENT voucher.redeem customer: expected 1 to 256 bytes" }
end
if string.find(arg_customer, "[%c{}]") then
  return { err = "ARGUMENT voucher.redeem customer: expected no control characters and no braces" }
end
local arg_limit = tonumber(ARGV[2])
if not arg_limit or arg_limit < 0 or arg_limit > 1000000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT voucher.redeem limit: expected a whole number from 0 to 1000000" }
end

-- From lua/voucher/redeem.lua:
--- Redeems a voucher for a customer, once, as long as uses are left.
do
  local voucher, customer, limit = KEYS[1], arg_customer, arg_limit
  local used = redis.call("SCARD", voucher)
  if redis.call("SISMEMBER", voucher, customer) == 1 then
    return { "repeated", math.max(limit - used, 0) }
  end
  if used >= limit then
    return "spent"
  end
  redis.call("SADD", voucher, customer)
  return { "redeemed", limit - used - 1 }
end
