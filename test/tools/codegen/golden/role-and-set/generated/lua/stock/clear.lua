#!lua flags=allow-oom
-- stock.clear 1.0.0. Generated from lua/stock/clear.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.clear expected 1 key and 0 arguments" }
end

-- From lua/stock/clear.lua:
--- Forgets the changes of a product's stock, in the background.
do
  local changes = KEYS[1]
  redis.call("DEL", changes)
  return "cleared"
end
