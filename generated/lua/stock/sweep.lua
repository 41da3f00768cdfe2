#!lua flags=allow-oom
-- stock.sweep 1.0.1. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/sweep.lua:
--- Ends a product's reservations whose lease is over, and forgets closed ones whose time has come.
local function sweep(stock, reservations, ends, limit, remember_ms)
  local now = now_ms()
  local _, held = stock_held(stock)
  local over, freed = due_reservations(reservations, ends, now, limit)
  local after = redis.call("ZRANGE", ends, #over, #over, "WITHSCORES")
  local next_end = stored_integer(after[2] or false, "end of a reservation")
  if freed > held then
    corrupt("held")
  end

  local expired = 0
  -- at most 1000 reservations
  for _, one in ipairs(over) do
    if one.state == "held" then
      expired = expired + 1
    end
  end
  local forget_at = now + remember_ms
  local next_ms = next_end and math.max(next_end - now, 0)
  if expired > 0 and (not next_ms or next_ms > remember_ms) then
    next_ms = remember_ms
  end
  if #over == 0 then
    return "nothing_due", 0, 0, next_ms
  end
  close_reservations(reservations, ends, over, forget_at)
  -- Without a reservation that was held, there may be no stock any more.
  if freed > 0 then
    redis.call("HSET", stock, "held", held - freed)
  end
  return "swept", expired, #over - expired, next_ms
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.sweep " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT stock.sweep expected 3 keys and 2 arguments")
end
local arg_limit = wrapper_read_integer("limit", ARGV[1], 1, 1000)
local arg_remember_ms = wrapper_read_integer("remember_ms", ARGV[2], 1000, 31622400000)
local reply_outcome, reply_expired, reply_forgotten, reply_wait_ms =
  sweep(KEYS[1], KEYS[2], KEYS[3], arg_limit, arg_remember_ms)
return { reply_outcome, reply_expired, reply_forgotten, wrapper_encode_optional(reply_wait_ms) }
