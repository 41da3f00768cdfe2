#!lua
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.label expected 1 key and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.label text: expected 0 to 1024 bytes" }
end

-- From lua/stock/label.lua:
--- Sets what a shop says of a product.
do
  local key, text = KEYS[1], arg_text
  redis.call("SET", key, text)
  return "set"
end
