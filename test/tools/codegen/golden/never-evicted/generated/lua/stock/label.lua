#!lua flags=no-writes
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.label expected 1 key and 0 arguments" }
end

-- From lua/stock/label.lua:
--- Reads a product's label.
do
  local of = KEYS[1]
  local text = redis.call("GET", of)
  if not text then
    return "unknown"
  end
  return { "known", text }
end
