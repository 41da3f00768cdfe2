#!lua
-- stock.tag 1.0.0. Generated from lua/stock/tag.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.tag expected 2 keys and 2 arguments" }
end
local arg_text = ARGV[1]
if arg_text == "" or #arg_text > 64 then
  return { err = "ARGUMENT stock.tag text: expected 1 to 64 bytes" }
end
if string.find(arg_text, "[%c{}]") then
  return { err = "ARGUMENT stock.tag text: expected no control characters and no braces" }
end
local arg_times = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_times or arg_times < 0 or arg_times > 1000000 or arg_times % 1 ~= 0 then
    return { err = "ARGUMENT stock.tag times: expected a whole number from 0 to 1000000" }
  end
end

-- From lua/stock/tag.lua:
--- Sets what a shop says of a product, and how often.
do
  local label, stock, text, times = KEYS[1], KEYS[2], arg_text, arg_times
  if text == "none" then
    return "refused"
  end
  redis.call("HLEN", stock)
  if times then
    redis.call("HSET", stock, "total", times)
  end
  redis.call("SET", label, text)
  return { "set", times }
end
