#!lua flags=allow-oom
-- expiry.cancel 2.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.cancel expected 5 keys and 1 argument" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.cancel item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.cancel item: expected no control characters and no braces" }
end

-- From lua/expiry/cancel.lua:
--- Stops tracking an item that no worker has claimed, or removes a dead item.
do
  local due, processing, attempts, dead, reasons, item = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_item
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  if not tracked and not abandoned and not is_dead then
    return "missing"
  end
  redis.call("ZREM", due, item)
  redis.call("ZREM", processing, item)
  redis.call("HDEL", attempts, item)
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
  end
  return (tracked or abandoned) and "cancelled" or "discarded"
end
