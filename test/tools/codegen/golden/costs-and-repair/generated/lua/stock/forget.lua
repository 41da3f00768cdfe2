#!lua flags=allow-oom
-- stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.forget expected 1 key and 0 arguments" }
end

-- From lua/stock/forget.lua:
--- Forgets what a shop says of a product.
do
  local label = KEYS[1]
  redis.call("DEL", label)
  return "forgotten"
end
