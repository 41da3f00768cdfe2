#!lua flags=allow-oom
-- expiry.discard_old 1.0.0. Generated from lua/expiry/discard_old.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/expiry/remembered_count.lua:
--- Reads how many items an earlier run of an operation handled.
local function remembered_count(expiry_operation, call)
  local stored = redis.call("GET", expiry_operation)
  if not stored then
    return nil, false
  end
  local count, rest = string.match(stored, "^(%d+) (.*)$")
  if rest ~= call then
    return nil, true
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
  return stored_integer(count or false, "operation", 0, 100), false
end

-- From lua/expiry/discard_old.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.discard_old expected 4 keys and 2 arguments" }
end
local arg_max_age_ms = tonumber(ARGV[1])
if not arg_max_age_ms or arg_max_age_ms < 1 or arg_max_age_ms > 31622400000 or arg_max_age_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.discard_old max_age_ms: expected a whole number from 1 to 31622400000" }
end
local arg_limit_digits = ARGV[2]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 100 then
  return { err = "ARGUMENT expiry.discard_old limit: expected a whole number from 1 to 100" }
end

--- Removes the oldest dead items, those that have been dead for longer than max_age_ms.
do
  local attempts, dead, reasons, expiry_operation, max_age_ms, limit, limit_digits =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_max_age_ms, arg_limit, arg_limit_digits
  local call = string.format("discard_old %d %d", max_age_ms, limit)
  local count, mismatch = remembered_count(expiry_operation, call)
  if mismatch then
    return "mismatch"
  elseif count then
    return { "discarded", count }
  end

  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local before = "(" .. string.format("%d", now_ms() - max_age_ms)
  local found = redis.call("ZRANGE", dead, "-inf", before, "BYSCORE", "LIMIT", "0", limit_digits)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  redis.call("SET", expiry_operation, string.format("%d %s", #found, call), "PX", HORIZON_MS)
  if #found > 0 then
    -- at most 100 items
    redis.call("ZREM", dead, unpack(found))
    -- at most 100 items
    redis.call("HDEL", reasons, unpack(found))
    -- at most 100 items
    redis.call("HDEL", attempts, unpack(found))
  end
  return { "discarded", #found }
end
