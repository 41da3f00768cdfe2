#!lua flags=allow-oom
-- stock.release 1.0.1. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/stock/write_reservation.lua:
--- Writes the state of one reservation, and when that state ends.
local function write_reservation(reservations, reservation_ends, reservation, state, units, ends_at_ms)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", state, units))
  redis.call("ZADD", reservation_ends, ends_at_ms, reservation)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.release expected 3 keys and 2 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.release reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.release reservation: expected no control characters and no braces" }
end
local arg_remember_ms = tonumber(ARGV[2])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.release remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/stock/release.lua:
--- Releases the units that a reservation holds, for an order that was cancelled.
do
  local stock, reservations, reservation_ends, reservation, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], arg_reservation, arg_remember_ms
  local now = now_ms()
  local state, units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

  if not state or not units then
    return "unknown"
  elseif not ends_at or not total then
    corrupt("reservation without an end or a stock")
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return { "released", total - held }
  elseif state == "expired" then
    return "expired"
  end
  if held < units then
    corrupt("held")
  end

  local outcome = now < ends_at and "released" or "expired"
  redis.call("HSET", stock, "held", held - units)
  write_reservation(reservations, reservation_ends, reservation, outcome, units, now + remember_ms)
  if outcome == "expired" then
    return "expired"
  end
  return { "released", total - held + units }
end
