#!lua flags=no-writes
-- stock.read 1.1.1. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/stock_held.lua:
local MOST_TOTAL = 100000000000000

--- A product's units over all warehouses, and how many of them reservations hold.
local function stock_held(stock)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total = stored_integer(stored[1], "total", -MOST_TOTAL, MOST_TOTAL)
  local held = stored_integer(stored[2], "held", 0, MOST_TOTAL)
  if held and not total then
    corrupt("total", 2)
  end
  return total, held or 0
end

-- From lua/lib/stock_levels.lua:
local MOST_LEVEL = 1000000000000
local MOST_WAREHOUSES = 100
-- A level and a sequence of each of 100 warehouses, the total, and what is held.
local MOST_FIELDS = 202

--- A product's levels, by the warehouses' names in the server's collation.
local function stock_levels(stock)
  if redis.call("HLEN", stock) > MOST_FIELDS then
    corrupt("stock of more than 100 warehouses", 2)
  end
  local fields = redis.call("HGETALL", stock)
  local levels = {}
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local warehouse = string.match(fields[position], "^level:(.+)$")
    if warehouse then
      levels[#levels + 1] = {
        warehouse = warehouse,
        quantity = stored_integer(fields[position + 1], "level of a warehouse", -MOST_LEVEL, MOST_LEVEL),
      }
    end
  end
  if #levels > MOST_WAREHOUSES then
    corrupt("stock of more than 100 warehouses", 2)
  end
  table.sort(levels, function(one, other)
    return one.warehouse < other.warehouse
  end)
  return levels
end

-- From lua/lib/stock_status.lua:
--- What a shop shows of a product's total.
local function stock_status(total, low)
  if total <= 0 then
    return "out_of_stock"
  end
  if total <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- From lua/stock/read.lua:
--- Reads a product's stock: total, status and the level of each warehouse.
local function read(stock, low)
  local _, held = stock_held(stock)
  local levels = stock_levels(stock)
  if #levels == 0 then
    return "unknown"
  end
  local total = 0
  -- at most 100 warehouses
  for _, level in ipairs(levels) do
    total = total + level.quantity
  end
  return "known", total, stock_status(total - held, low), levels, total - held
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.read " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_records(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      rows[index][position] = record[field]
    end
  end
  return rows
end

if #KEYS ~= 1 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT stock.read expected 1 key and 1 argument")
end
local arg_low = wrapper_read_integer("low", ARGV[1], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_levels, reply_available = read(KEYS[1], arg_low)
return {
  reply_outcome,
  wrapper_encode_optional(reply_total),
  wrapper_encode_optional(reply_status),
  wrapper_encode_records(reply_levels, { "warehouse", "quantity" }),
  wrapper_encode_optional(reply_available),
}
