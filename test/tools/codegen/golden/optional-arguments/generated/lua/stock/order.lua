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

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.order " .. argument .. ": expected " .. expected })
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

local function wrapper_read_flag(argument, text)
  if text ~= "1" and text ~= "0" then
    wrapper_refuse(argument, "1 or 0")
  end
  return text == "1"
end

local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
  end
  return text
end

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

if #KEYS ~= 1 or #ARGV ~= 6 then
  return redis.error_reply("ARGUMENT stock.order expected 1 key and 6 arguments")
end
local arg_quantity = wrapper_read_integer("quantity", ARGV[1], 0, 1000000)
local arg_shelf = wrapper_read_optional(ARGV[2], function(text)
  return wrapper_read_text("shelf", text, 1, 64, "[%c{}]", "no control characters and no braces")
end)
local arg_at_least = wrapper_read_optional(ARGV[3], function(text)
  return wrapper_read_integer("at_least", text, 0, 1000000)
end)
local arg_packing = wrapper_read_optional(ARGV[4], function(text)
  return wrapper_read_choice("packing", text, { ["box"] = true, ["bag"] = true })
end)
local arg_speed = wrapper_read_optional(ARGV[5], function(text)
  return wrapper_read_choice("speed", text, { ["slow"] = true, ["fast"] = true })
end)
local arg_gift = wrapper_read_flag("gift", ARGV[6])
local reply_outcome = order(KEYS[1], arg_quantity, arg_shelf, arg_at_least, arg_packing, arg_speed, arg_gift)
return { reply_outcome }
