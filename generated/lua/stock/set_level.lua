#!lua
-- stock.set_level 1.1.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/set_level.lua:
local MOST_WAREHOUSES = 100
local MOST_UNITS = 1000000000000

--- Sets one warehouse's stock of a product and returns the product's total and status.
local function set_level(stock, warehouse, quantity, sequence, low)
  local level_field = "level:" .. warehouse
  local sequence_field = "seq:" .. warehouse
  local total, held = stock_held(stock)
  local stored = redis.call("HMGET", stock, level_field, sequence_field)
  local level = stored_integer(stored[1], "level of a warehouse", -MOST_UNITS, MOST_UNITS)
  local latest = stored_integer(stored[2], "sequence of a warehouse")

  if not total and redis.call("HLEN", stock) > 0 then
    corrupt("total")
  end
  total = total or 0

  if latest and sequence == latest then
    return "repeated", total, stock_status(total - held, low), total - held
  end
  if latest and sequence < latest then
    return "stale", total, stock_status(total - held, low), total - held
  end

  -- A warehouse has two fields; the total is one, and so is what is held.
  if
    not level and redis.call("HLEN", stock) >= 2 * MOST_WAREHOUSES + redis.call("HEXISTS", stock, "held")
  then
    return "full"
  end

  local new_total = total - (level or 0) + quantity
  redis.call("HSET", stock, "total", new_total, level_field, quantity, sequence_field, sequence)
  return "applied", new_total, stock_status(new_total - held, low), new_total - held
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.set_level " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 4 then
  return redis.error_reply("ARGUMENT stock.set_level expected 1 key and 4 arguments")
end
local arg_warehouse =
  wrapper_read_text("warehouse", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_quantity = wrapper_read_integer("quantity", ARGV[2], 0, 1000000000000)
local arg_sequence = wrapper_read_integer("sequence", ARGV[3], 0, 9007199254740991)
local arg_low = wrapper_read_integer("low", ARGV[4], 0, 1000000000000)
local reply_outcome, reply_total, reply_status, reply_available =
  set_level(KEYS[1], arg_warehouse, arg_quantity, arg_sequence, arg_low)
return {
  reply_outcome,
  wrapper_encode_optional(reply_total),
  wrapper_encode_optional(reply_status),
  wrapper_encode_optional(reply_available),
}
