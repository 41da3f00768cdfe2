#!lua
-- stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/close_reservations.lua:
--- Writes what `due_reservations` found: held ones have expired, closed ones are forgotten.
local function close_reservations(reservations, ends, due, forget_at)
  -- at most 1000 reservations
  for _, one in ipairs(due) do
    if one.state == "held" then
      redis.call("HSET", reservations, one.name, string.format("expired %.0f", one.units))
      redis.call("ZADD", ends, forget_at, one.name)
    else
      redis.call("HDEL", reservations, one.name)
      redis.call("ZREM", ends, one.name)
    end
  end
end

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

-- From lua/lib/due_reservations.lua:
--- A product's reservations that are over, the earliest first: held ones whose lease has ended, closed ones to forget.
local function due_reservations(reservations, ends, now, limit)
  local due = {}
  local freed = 0
  local names = redis.call("ZRANGE", ends, "-inf", now, "BYSCORE", "LIMIT", 0, limit)
  if #names == 0 then
    return due, freed
  end
  local stored = redis.call("HMGET", reservations, unpack(names))
  -- at most 1000 reservations
  for position, name in ipairs(names) do
    local state, units = stored_reservation(stored[position])
    if not state then
      corrupt("reservation", 2)
    end
    due[position] = { name = name, state = state, units = units }
    if state == "held" then
      freed = freed + units
    end
  end
  return due, freed
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/stock/reserve.lua:
-- So that the last pair is not refused for a cart that was given up.
local MOST_ENDED = 100

--- Holds units of a product for a while, for an order that is not paid yet.
local function reserve(stock, reservations, ends, reservation, units, lease_ms, remember_ms)
  local now = now_ms()
  local state, held_units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

  if state and not ends_at then
    corrupt("reservation without an end")
  end
  if state == "held" and now < ends_at then
    if not total then
      corrupt("total")
    elseif held_units ~= units then
      return "mismatch"
    end
    return "reserved", total - held, ends_at
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state then
    return "expired"
  end
  if not total then
    return "unknown"
  end

  local over, freed = due_reservations(reservations, ends, now, MOST_ENDED)
  if freed > held then
    corrupt("held")
  end
  local still_held = held - freed
  local forget_at = now + remember_ms
  if total - still_held < units then
    close_reservations(reservations, ends, over, forget_at)
    if freed > 0 then
      redis.call("HSET", stock, "held", still_held)
    end
    return "refused", total - still_held
  end
  local lease_ends = now + lease_ms
  close_reservations(reservations, ends, over, forget_at)
  redis.call("HSET", reservations, reservation, string.format("held %.0f", units))
  redis.call("ZADD", ends, lease_ends, reservation)
  redis.call("HSET", stock, "held", still_held + units)
  return "reserved", total - still_held - units, lease_ends
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.reserve " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 4 then
  return redis.error_reply("ARGUMENT stock.reserve expected 3 keys and 4 arguments")
end
local arg_reservation =
  wrapper_read_text("reservation", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_units = wrapper_read_integer("units", ARGV[2], 1, 1000000000000)
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[3], 1, 31622400000)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[4], 1000, 31622400000)
local reply_outcome, reply_available, reply_lease_ends_ms =
  reserve(KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_units, arg_lease_ms, arg_remember_ms)
return {
  reply_outcome,
  wrapper_encode_optional(reply_available),
  wrapper_encode_optional(reply_lease_ends_ms),
}
