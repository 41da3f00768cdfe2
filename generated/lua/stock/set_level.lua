#!lua
-- stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/stock/stock_counts.lua:
-- The upper bound of the type total.
local MAX_TOTAL = 100000000000000

--- Reads a product's total over all warehouses, and how many units reservations hold.
local function stock_counts(stock)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total = stored_integer(stored[1], "total", -MAX_TOTAL, MAX_TOTAL)
  local held = stored_integer(stored[2], "held", 0, MAX_TOTAL)
  if held and not total then
    corrupt("total", 2)
  end
  return total, held or 0
end

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- From lua/lib/stock/stored_level.lua:
-- The upper bound of the type level.
local MAX_STORED_LEVEL = 1000000000000

--- Reads the level of a warehouse.
local function stored_level(value)
  local level = stored_integer(value, "level of a warehouse", -MAX_STORED_LEVEL, MAX_STORED_LEVEL)
  return level
end

-- From lua/stock/set_level.lua:
local MAX_WAREHOUSES = 100

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.set_level expected 1 key and 4 arguments" }
end
local arg_warehouse = ARGV[1]
if arg_warehouse == "" or #arg_warehouse > 256 then
  return { err = "ARGUMENT stock.set_level warehouse: expected 1 to 256 bytes" }
end
if string.find(arg_warehouse, "[%c{}]") then
  return { err = "ARGUMENT stock.set_level warehouse: expected no control characters and no braces" }
end
local arg_quantity_digits = ARGV[2]
local arg_quantity = (arg_quantity_digits == "0" or string.find(arg_quantity_digits, "^[1-9]%d*$"))
  and tonumber(arg_quantity_digits)
if not arg_quantity or arg_quantity > 1000000000000 then
  return { err = "ARGUMENT stock.set_level quantity: expected a whole number from 0 to 1000000000000" }
end
local arg_sequence_digits = ARGV[3]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT stock.set_level sequence: expected a whole number from 0 to 9007199254740991" }
end
local arg_low = tonumber(ARGV[4])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.set_level low: expected a whole number from 0 to 1000000000000" }
end

--- Sets one warehouse's stock of a product and returns the product's total and status.
do
  local stock, warehouse, quantity, sequence, low, quantity_digits, sequence_digits =
    KEYS[1], arg_warehouse, arg_quantity, arg_sequence, arg_low, arg_quantity_digits, arg_sequence_digits
  local level_field = "level:" .. warehouse
  local sequence_field = "seq:" .. warehouse
  local total, held = stock_counts(stock)
  local stored = redis.call("HMGET", stock, level_field, sequence_field)
  local level = stored_level(stored[1])
  local last_sequence = stored_integer(stored[2], "sequence of a warehouse")

  if not total and redis.call("HLEN", stock) > 0 then
    corrupt("total")
  end
  total = total or 0

  if last_sequence and sequence == last_sequence then
    return { "repeated", total or false, stock_status(total - held, low) or false, total - held }
  end
  if last_sequence and sequence < last_sequence then
    return { "stale", total or false, stock_status(total - held, low) or false, total - held }
  end

  -- Each warehouse has two fields. The field total exists too, and maybe the field held.
  if not level and redis.call("HLEN", stock) >= 2 * MAX_WAREHOUSES + redis.call("HEXISTS", stock, "held") then
    return "full"
  end

  local new_total = total - (level or 0) + quantity
  redis.call("HSET", stock, "total", new_total, level_field, quantity_digits, sequence_field, sequence_digits)
  return { "applied", new_total or false, stock_status(new_total - held, low) or false, new_total - held }
end
