#!lua flags=no-writes
-- expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.upcoming expected 1 key and 2 arguments" }
end
local arg_within_ms = tonumber(ARGV[1])
if not arg_within_ms or arg_within_ms < 1 or arg_within_ms > 31622400000 or arg_within_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.upcoming within_ms: expected a whole number from 1 to 31622400000" }
end
local arg_limit_digits = ARGV[2]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 100 then
  return { err = "ARGUMENT expiry.upcoming limit: expected a whole number from 1 to 100" }
end

-- From lua/expiry/upcoming.lua:
--- Lists the items that will be due soon, or are due and not claimed, the earliest first.
do
  local due, within_ms, limit, limit_digits = KEYS[1], arg_within_ms, arg_limit, arg_limit_digits
  local found = redis.call(
    "ZRANGE",
    due,
    "-inf",
    now_ms() + within_ms,
    "BYSCORE",
    "LIMIT",
    "0",
    limit_digits,
    "WITHSCORES"
  )
  local items = {}
  -- at most 100 items
  for position = 1, #found, 2 do
    items[position] = found[position]
    items[position + 1] = stored_integer(found[position + 1], "due")
  end
  return { items }
end
