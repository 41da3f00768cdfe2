#!lua
-- expiry.extend 1.0.1. Generated from lua/expiry/extend.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/expiry/is_claimed.lua:
--- Tells whether a worker has claimed an item and its lease has not ended.
local function is_claimed(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  return lease_ends ~= nil and lease_ends >= now_ms()
end

-- From lua/lib/expiry/wake_worker.lua:
--- Wakes the workers of a queue if an item will be due before all others, because they may be
--- waiting longer.
local function wake_worker(due, due_ms)
  local earliest_due = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
  local earliest_ms = tonumber(earliest_due[2])
  if not earliest_ms or due_ms < earliest_ms then
    redis.call("PUBLISH", due, "earlier")
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.extend expected 2 keys and 2 arguments" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.extend item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.extend item: expected no control characters and no braces" }
end
local arg_due_ms_digits = ARGV[2]
local arg_due_ms = (arg_due_ms_digits == "0" or string.find(arg_due_ms_digits, "^[1-9]%d*$"))
  and tonumber(arg_due_ms_digits)
if not arg_due_ms or arg_due_ms > 8640000000000000 then
  return { err = "ARGUMENT expiry.extend due_ms: expected a whole number from 0 to 8640000000000000" }
end

-- From lua/expiry/extend.lua:
--- Changes the instant at which a tracked item is due.
do
  local due, processing, item, due_ms, due_ms_digits =
    KEYS[1], KEYS[2], arg_item, arg_due_ms, arg_due_ms_digits
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  if not tracked and not abandoned then
    return "missing"
  end
  wake_worker(due, due_ms)
  redis.call("ZADD", due, due_ms_digits, item)
  redis.call("ZREM", processing, item)
  return "extended"
end
