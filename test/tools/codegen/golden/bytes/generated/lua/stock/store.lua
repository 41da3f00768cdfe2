#!lua
-- stock.store 1.0.0. Generated from lua/stock/store.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.store expected 2 keys and 4 arguments" }
end
local arg_body = ARGV[1]
if arg_body == "" or #arg_body > 1048576 then
  return { err = "ARGUMENT stock.store body: expected 1 to 1048576 bytes" }
end
local arg_sum = ARGV[2]
if #arg_sum < 4 or #arg_sum > 4 then
  return { err = "ARGUMENT stock.store sum: expected 4 to 4 bytes" }
end
local arg_preview = ARGV[3]
if arg_preview == "" then
  arg_preview = nil
else
  if arg_preview == "" or #arg_preview > 1048576 then
    return { err = "ARGUMENT stock.store preview: expected 1 to 1048576 bytes" }
  end
end
local arg_times_digits = ARGV[4]
local arg_times = (arg_times_digits == "0" or string.find(arg_times_digits, "^[1-9]%d*$"))
  and tonumber(arg_times_digits)
if not arg_times or arg_times > 1000000 then
  return { err = "ARGUMENT stock.store times: expected a whole number from 0 to 1000000" }
end

-- From lua/stock/store.lua:
--- Stores the value of a label.
do
  local label, stock, body, sum, preview, times, times_digits =
    KEYS[1], KEYS[2], arg_body, arg_sum, arg_preview, arg_times, arg_times_digits
  local before = redis.call("GET", label)
  redis.call("HSET", stock, "total", times_digits, "sum", sum)
  if preview then
    redis.call("HSET", stock, "preview", preview)
  end
  redis.call("SET", label, body)
  return before or nil
end
