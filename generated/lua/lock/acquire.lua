#!lua
-- lock.acquire 1.1.1. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/next_number.lua:
--- Returns a number above the last one, for fences and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
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

-- From lua/lock/acquire.lua:
-- The last fence is kept until Redis's clock has passed it, and one day longer. Then a fence that
-- comes from the clock is higher.
local FENCE_KEPT_MS = 86400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT lock.acquire expected 2 keys and 3 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT lock.acquire owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT lock.acquire owner: expected no control characters and no braces" }
end
local arg_lease_ms_digits = ARGV[2]
local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
if not arg_lease_ms or arg_lease_ms > 31622400000 then
  return { err = "ARGUMENT lock.acquire lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_waits = ARGV[3]
if arg_waits == "" then
  arg_waits = nil
else
  if arg_waits ~= "1" and arg_waits ~= "0" then
    return { err = "ARGUMENT lock.acquire waits: expected 1 or 0" }
  end
  arg_waits = arg_waits == "1"
end

--- Acquires a lock for a while, or returns its holder and the rest of its lease.
do
  local lock, lock_fence, owner, lease_ms, waits, lease_ms_digits =
    KEYS[1], KEYS[2], arg_owner, arg_lease_ms, arg_waits, arg_lease_ms_digits
  local stored = redis.call("HMGET", lock, "owner", "fence")
  local holder = stored[1]
  local fence = stored_integer(stored[2], "fence")
  local last_fence = stored_integer(redis.call("GET", lock_fence), "lock-fence")

  if holder then
    local remaining_ms = redis.call("PTTL", lock)
    if remaining_ms < 0 or not fence then
      corrupt("lock without a lease or a fence")
    end
    if holder ~= owner then
      if waits then
        redis.call("HSET", lock, "waited", "yes")
      end
      return { "busy", false, holder or false, math.max(remaining_ms, 1) }
    end
    redis.call("PEXPIRE", lock, lease_ms_digits, "GT")
    return { "acquired", fence }
  end

  local new_fence = next_number(last_fence)
  redis.call("HSET", lock, "owner", owner, "fence", new_fence)
  redis.call("PEXPIRE", lock, lease_ms_digits)
  local ahead_ms = math.max(math.floor(new_fence / 1000) - now_ms(), 0)
  redis.call("SET", lock_fence, new_fence, "PX", ahead_ms + FENCE_KEPT_MS)
  return { "acquired", new_fence }
end
