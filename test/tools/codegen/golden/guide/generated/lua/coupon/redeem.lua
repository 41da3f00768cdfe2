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
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT coupon.redeem " .. argument .. ": expected " .. expected })
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

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT coupon.redeem expected 1 key and 2 arguments")
end
local arg_customer =
  wrapper_read_text("customer", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_limit = wrapper_read_integer("limit", ARGV[2], 0, 1000000)
local reply_outcome, reply_left = redeem(KEYS[1], arg_customer, arg_limit)
return { reply_outcome, wrapper_encode_optional(reply_left) }
