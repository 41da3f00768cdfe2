#!lua flags=allow-oom
-- stock.remove 1.0.0. Generated from lua/stock/remove.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 1 then
  return { err = "ARGUMENT stock.remove expected 1 key and at least 1 argument" }
end
local arg_shelves = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 250 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT stock.remove shelves: expected a whole number from 0 to 250" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT stock.remove expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 64 then
      return { err = "ARGUMENT stock.remove shelves: expected 1 to 64 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT stock.remove shelves: expected no control characters and no braces" }
    end
    arg_shelves[index] = element
  end
end

-- From lua/stock/remove.lua:
--- Removes shelves.
do
  local stock, shelves = KEYS[1], arg_shelves
  if #shelves > 0 then
    redis.call("HDEL", stock, unpack(shelves))
  end
  return "removed"
end
