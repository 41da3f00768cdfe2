#!lua flags=allow-oom
-- stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/forget.lua:
--- Forgets what a shop says of a product.
local function forget(label)
  redis.call("DEL", label)
  return "forgotten"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.forget expected 1 key and 0 arguments" }
end
local reply_outcome = forget(KEYS[1])
return { reply_outcome }
