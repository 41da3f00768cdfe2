#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/price/read.lua:
-- The upper bound of the type minor_units.
local MAX_MINOR_UNITS = 1000000000000
-- price.set stores this end for a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT price.read expected 1 key and 0 arguments" }
end

--- Reads the prices of a product in one currency: base, sale and effective price.
do
  local price = KEYS[1]
  local stored = redis.call("HMGET", price, "base", "sale", "sale_starts", "sale_ends")
  local base = stored_integer(stored[1], "base", 0, MAX_MINOR_UNITS)
  local sale = stored_integer(stored[2], "sale", 0, MAX_MINOR_UNITS)
  local starts_at = stored_integer(stored[3], "sale_starts")
  local ends_at = stored_integer(stored[4], "sale_ends")
  if not base then
    return "unknown"
  end
  if not sale then
    return { "priced", base or false, false, base or false, 0 }
  end
  if not starts_at or not ends_at then
    corrupt("window of a sale")
  end

  local now = now_ms()
  if now < starts_at then
    return { "priced", base or false, sale or false, base or false, 0, starts_at }
  elseif now < ends_at then
    local changes_at = ends_at
    if ends_at == NEVER_MS then
      changes_at = nil
    end
    return { "priced", base or false, sale or false, sale or false, 1, changes_at }
  end
  return { "priced", base or false, sale or false, base or false, 0 }
end
