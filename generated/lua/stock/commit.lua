#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/share_units.lua:
--- Shares a movement of units out among warehouses: a sale draws on the fullest first, a return goes to the emptiest.
local function share_units(change, levels)
  table.sort(levels, function(one, other)
    if one.quantity == other.quantity then
      return one.warehouse < other.warehouse
    end
    return (one.quantity > other.quantity) == (change < 0)
  end)
  local moves = {}
  local left = change
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local move = left
    if change < 0 then
      move = -math.min(-left, math.max(level.quantity, 0))
    end
    moves[position] = move
    left = left - move
  end
  return moves, left
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

-- From lua/lib/stored_reservation.lua:
local MOST_UNITS = 1000000000000
local STATES = { held = true, committed = true, released = true, expired = true }

--- Reads what is stored of one reservation, such as `held 3`.
local function stored_reservation(value)
  if not value then
    return nil, nil
  end
  local state, digits = string.match(value, "^(%a+) (%d+)$")
  if not state or not STATES[state] then
    corrupt("reservation", 2)
  end
  return state, stored_integer(digits, "units of a reservation", 1, MOST_UNITS)
end

-- From lua/stock/commit.lua:
--- Sells what a reservation holds: its units leave the shelves.
local function commit(stock, reservations, ends, reservation, warehouse, remember_ms)
  local now = now_ms()
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

  if not state or not units then
    return "unknown"
  elseif not ends_at then
    corrupt("reservation without an end")
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "expired" or now >= ends_at then
    return "expired"
  end
  if not total or held < units then
    corrupt("held")
  end

  local sources = {}
  -- at most 100 warehouses
  for _, level in ipairs(stock_levels(stock)) do
    if not warehouse or warehouse == level.warehouse then
      sources[#sources + 1] = level
    end
  end
  local moves, left = share_units(-units, sources)
  if left < 0 then
    return "short"
  end

  -- at most 100 warehouses
  for position, source in ipairs(sources) do
    if moves[position] ~= 0 then
      redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
    end
  end
  redis.call("HSET", stock, "total", total - units, "held", held - units)
  redis.call("HSET", reservations, reservation, string.format("committed %.0f", units))
  redis.call("ZADD", ends, now + remember_ms, reservation)
  return "committed", total - units, total - held
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.commit " .. argument .. ": expected " .. expected })
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

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 3 or #ARGV ~= 3 then
  return redis.error_reply("ARGUMENT stock.commit expected 3 keys and 3 arguments")
end
local arg_reservation =
  wrapper_read_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_warehouse = wrapper_read_optional(ARGV[2], function(text)
  return wrapper_read_text("warehouse", text, 1, 256, "[%c{}]", "no control characters and no braces")
end)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[3], 1000, 31622400000)
local reply_outcome, reply_total, reply_available =
  commit(KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_warehouse, arg_remember_ms)
return { reply_outcome, wrapper_encode_optional(reply_total), wrapper_encode_optional(reply_available) }
