#!lua
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/label.lua:
--- Sets what a shop says of a product.
local function label(key, text)
  redis.call("SET", key, text)
  return "set"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.label " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 1 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT stock.label expected 1 key and 1 argument")
end
local arg_text = wrapper_read_text("text", ARGV[1], 0, 1024)
local reply_outcome = label(KEYS[1], arg_text)
return { reply_outcome }
