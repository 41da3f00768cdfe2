#!lua
-- stock.reserve 1.0.1. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/write_reservation.lua:
--- Writes the state of one reservation, and when that state ends.
local function write_reservation(reservations, reservation_ends, reservation, state, units, ends_at_ms)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", state, units))
  redis.call("ZADD", reservation_ends, ends_at_ms, reservation)
end

-- From lua/lib/stock/close_reservations.lua:
--- Writes what `due_reservations` found: a held reservation becomes expired, a closed one is
--- removed.
local function close_reservations(reservations, reservation_ends, due, forget_at_ms)
  -- at most 1000 reservations
  for _, reservation in ipairs(due) do
    if reservation.state == "held" then
      local name, units = reservation.name, reservation.units
      write_reservation(reservations, reservation_ends, name, "expired", units, forget_at_ms)
    else
      redis.call("HDEL", reservations, reservation.name)
      redis.call("ZREM", reservation_ends, reservation.name)
    end
  end
end

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

-- From lua/lib/stock/stored_reservation.lua:
-- The upper bound of the type quantity.
local MAX_RESERVED = 1000000000000
local STATES = { held = true, committed = true, released = true, expired = true }

--- Reads the stored text of one reservation, such as `held 3`.
local function stored_reservation(value)
  if not value then
    return nil, nil
  end
  local state, digits = string.match(value, "^(%a+) (%d+)$")
  if not state or not STATES[state] then
    corrupt("reservation", 2)
  end
  return state, stored_integer(digits, "units of a reservation", 1, MAX_RESERVED)
end

-- From lua/lib/stock/due_reservations.lua:
--- Reads the reservations of a product whose time is over. The earliest comes first.
local function due_reservations(reservations, reservation_ends, now, limit)
  local due = {}
  local freed = 0
  local names = redis.call("ZRANGE", reservation_ends, "-inf", now, "BYSCORE", "LIMIT", "0", limit)
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
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stock/read_reservation.lua:
--- Reads one reservation and when it ends.
local function read_reservation(reservations, reservation_ends, reservation)
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local score = redis.call("ZSCORE", reservation_ends, reservation)
  return state, units, stored_integer(score, "end of a reservation")
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

-- From lua/stock/reserve.lua:
-- The maximum number of ended leases that one call handles before it compares the available units.
local MAX_ENDED = 100

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 4 then
  return { err = "ARGUMENT stock.reserve expected 3 keys and 4 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.reserve reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.reserve reservation: expected no control characters and no braces" }
end
local arg_units = tonumber(ARGV[2])
if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve units: expected a whole number from 1 to 1000000000000" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_remember_ms = tonumber(ARGV[4])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.reserve remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Holds units of a product for a while, for an order that is not paid yet.
do
  local stock, reservations, reservation_ends, reservation, units, lease_ms, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_units, arg_lease_ms, arg_remember_ms
  local now = now_ms()
  local state, held_units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

  if state and not ends_at then
    corrupt("reservation without an end")
  end
  if state == "held" and now < ends_at then
    if not total then
      corrupt("total")
    elseif held_units ~= units then
      return "mismatch"
    end
    return { "reserved", total - held, ends_at }
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

  local due, freed = due_reservations(reservations, reservation_ends, now, MAX_ENDED)
  if freed > held then
    corrupt("held")
  end
  local still_held = held - freed
  local forget_at = now + remember_ms
  if total - still_held < units then
    close_reservations(reservations, reservation_ends, due, forget_at)
    if freed > 0 then
      redis.call("HSET", stock, "held", still_held)
    end
    return { "refused", total - still_held }
  end
  local lease_ends = now + lease_ms
  close_reservations(reservations, reservation_ends, due, forget_at)
  write_reservation(reservations, reservation_ends, reservation, "held", units, lease_ends)
  redis.call("HSET", stock, "held", still_held + units)
  return { "reserved", total - still_held - units, lease_ends }
end
