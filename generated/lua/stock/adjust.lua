#!lua
-- stock.adjust 1.1.1. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/invalid_argument.lua:
--- Ends the script with the error ARGUMENT: its arguments contradict each other or stored values.
local function invalid_argument(expected)
  raise("ARGUMENT", expected, 2)
end

-- From lua/lib/stock/share_units.lua:
--- Divides a change of units among warehouses. A sale takes units from the fullest warehouse first.
--- A return goes to the emptiest.
local function share_units(change, levels)
  table.sort(levels, function(first, second)
    if first.quantity == second.quantity then
      return first.warehouse < second.warehouse
    end
    return (first.quantity > second.quantity) == (change < 0)
  end)
  local moves = {}
  local remaining = change
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local move = remaining
    if change < 0 then
      move = -math.min(-remaining, math.max(level.quantity, 0))
    end
    moves[position] = move
    remaining = remaining - move
  end
  return moves, remaining
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

-- From lua/lib/stock/stored_level.lua:
-- The upper bound of the type level.
local MAX_STORED_LEVEL = 1000000000000

--- Reads the level of a warehouse.
local function stored_level(value)
  local level = stored_integer(value, "level of a warehouse", -MAX_STORED_LEVEL, MAX_STORED_LEVEL)
  return level
end

-- From lua/lib/stock/stock_levels.lua:
-- A product has at most 100 warehouses; the type total depends on it.
local MAX_WAREHOUSES = 100
-- Each of 100 warehouses has two fields, a level and a sequence. The other two are total and held.
local MAX_FIELDS = 202

--- Reads the levels of a product's warehouses.
local function stock_levels(stock, warehouse)
  if redis.call("HLEN", stock) > MAX_FIELDS then
    corrupt("stock of more than 100 warehouses", 2)
  end
  local fields = redis.call("HGETALL", stock)
  local levels = {}
  local count = 0
  local total = 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local name = string.match(fields[position], "^level:(.+)$")
    if name then
      local quantity = stored_level(fields[position + 1])
      count = count + 1
      total = total + quantity
      if not warehouse or warehouse == name then
        levels[#levels + 1] = { warehouse = name, quantity = quantity }
      end
    end
  end
  if count > MAX_WAREHOUSES then
    corrupt("stock of more than 100 warehouses", 2)
  end
  return levels, total
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

-- From lua/lib/stock/write_levels.lua:
--- Writes the levels that `moves` changes and other fields of the stock, in one command.
local function write_levels(stock, fields, levels, moves)
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    if moves[position] ~= 0 then
      fields[#fields + 1] = "level:" .. level.warehouse
      fields[#fields + 1] = level.quantity + moves[position]
    end
  end
  -- at most 204 values
  redis.call("HSET", stock, unpack(fields))
end

-- From lua/stock/adjust.lua:
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The upper bound of the type total.
local MAX_REMEMBERED_TOTAL = 100000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.adjust expected 2 keys and 5 arguments" }
end
local arg_change = tonumber(ARGV[1])
if not arg_change or arg_change < -1000000000000 or arg_change > 1000000000000 or arg_change % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust change: expected a whole number from -1000000000000 to 1000000000000" }
end
local arg_warehouse = ARGV[2]
if arg_warehouse == "" then
  arg_warehouse = nil
else
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.adjust warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.adjust warehouse: expected no control characters and no braces" }
  end
end
local arg_backorder = ARGV[3]
if arg_backorder ~= "1" and arg_backorder ~= "0" then
  return { err = "ARGUMENT stock.adjust backorder: expected 1 or 0" }
end
arg_backorder = arg_backorder == "1"
local arg_low = tonumber(ARGV[4])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust low: expected a whole number from 0 to 1000000000000" }
end
local arg_remember_ms_digits = ARGV[5]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT stock.adjust remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Changes a product's stock by a sale or a return, and returns its total and status.
do
  local stock, stock_operation, change, warehouse, backorder, low, remember_ms, remember_ms_digits =
    KEYS[1],
    KEYS[2],
    arg_change,
    arg_warehouse,
    arg_backorder,
    arg_low,
    arg_remember_ms,
    arg_remember_ms_digits
  local remembered = redis.call("GET", stock_operation)
  if remembered then
    local outcome, total, available = string.match(remembered, "^(%a+) (-?%d+) (-?%d+)$")
    total = stored_integer(total or "", "stock-operation", -MAX_REMEMBERED_TOTAL, MAX_REMEMBERED_TOTAL)
    available =
      stored_integer(available or "", "stock-operation", -2 * MAX_REMEMBERED_TOTAL, MAX_REMEMBERED_TOTAL)
    if outcome == "adjusted" then
      return { "adjusted", 1, total or false, stock_status(available, low) or false, available }
    elseif outcome == "refused" then
      return { "refused", 1, total or false, stock_status(available, low) or false, available }
    end
    corrupt("stock-operation")
  end

  local _, held = stock_counts(stock)
  local levels, total = stock_levels(stock, warehouse)
  if #levels == 0 then
    return "unknown"
  end

  local moves, remaining = share_units(change, levels)
  local new_total = total + change
  if change < 0 and (remaining < 0 or new_total < held) and not backorder then
    local answer = string.format("refused %.0f %.0f", total, total - held)
    redis.call("SET", stock_operation, answer, "PX", remember_ms_digits)
    return { "refused", 0, total or false, stock_status(total - held, low) or false, total - held }
  end
  -- On backorder, units that no warehouse has are booked on the first warehouse, below zero.
  moves[1] = moves[1] + remaining
  if math.abs(levels[1].quantity + moves[1]) > MAX_LEVEL then
    invalid_argument("stock.adjust change: the level of a warehouse stays from -10^12 to 10^12")
  end

  write_levels(stock, { "total", new_total }, levels, moves)
  local answer = string.format("adjusted %.0f %.0f", new_total, new_total - held)
  redis.call("SET", stock_operation, answer, "PX", remember_ms_digits)
  return { "adjusted", 0, new_total or false, stock_status(new_total - held, low) or false, new_total - held }
end
