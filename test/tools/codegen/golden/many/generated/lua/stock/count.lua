#!lua flags=no-writes
-- stock.count 1.0.0. Generated from lua/stock/count.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- From lua/stock/count.lua:
--- Reads a product's total up to a limit. A return without a value keeps the function one.
local function count(stock, limit)
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return
  end
  return math.min(total, limit)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.count expected 1 key and 1 argument" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 0 or arg_limit > 1000000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT stock.count limit: expected a whole number from 0 to 1000000" }
end
local reply_counted = count(KEYS[1], arg_limit)
return { reply_counted or false }
