#!lua
-- stock.rename 1.0.0. Generated from lua/stock/rename.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.rename expected 2 keys and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.rename text: expected 0 to 1024 bytes" }
end

-- From lua/stock/rename.lua:
--- Sets a product's label, and asks for a new print of it.
do
  local label, slot_label, text = KEYS[1], KEYS[2], arg_text
  local product = string.match(label, "{(.*)}") or ""
  redis.call("ZADD", slot_label, "LT", now_ms(), product)
  redis.call("SET", label, text)
  return "renamed"
end
