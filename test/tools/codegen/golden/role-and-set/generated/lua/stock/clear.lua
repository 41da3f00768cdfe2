#!lua flags=allow-oom
-- stock.clear 1.0.0. Generated from lua/stock/clear.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/clear.lua:
--- Forgets the changes of a product's stock, in the background.
local function clear(changes)
  redis.call("DEL", changes)
  return "cleared"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.clear expected 1 key and 0 arguments" }
end
local reply_outcome = clear(KEYS[1])
return { reply_outcome }
