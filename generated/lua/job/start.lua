#!lua
-- job.start 2.0.0. Generated from lua/job/start.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT job.start expected 1 key and 2 arguments" }
end
local arg_fence_digits = ARGV[1]
local arg_fence = string.find(arg_fence_digits, "^[1-9]%d*$") and tonumber(arg_fence_digits)
if not arg_fence or arg_fence > 9007199254740991 then
  return { err = "ARGUMENT job.start fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_number_digits = ARGV[2]
local arg_number = (arg_number_digits == "0" or string.find(arg_number_digits, "^[1-9]%d*$"))
  and tonumber(arg_number_digits)
if not arg_number or arg_number > 9007199254740991 then
  return { err = "ARGUMENT job.start number: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/job/start.lua:
--- Records the start of a run of a job.
do
  local job, fence, number, fence_digits, number_digits =
    KEYS[1], arg_fence, arg_number, arg_fence_digits, arg_number_digits
  local stored = redis.call("HMGET", job, "fence", "number", "started")
  local last_fence = stored_integer(stored[1], "fence") or 0
  local last_number = stored_integer(stored[2], "number") or 0
  local started = stored_integer(stored[3], "started")
  if last_fence > fence or (last_fence == fence and last_number > number) then
    return "stale"
  end
  if last_fence == fence and last_number == number and started then
    return { "started", started }
  end
  local now = now_ms()
  redis.call(
    "HSET",
    job,
    "fence",
    fence_digits,
    "number",
    number_digits,
    "state",
    "running",
    "started",
    string.format("%d", now)
  )
  -- Last, because no command may touch a key after a removal: on a slot that migrates it would fail.
  redis.call("HDEL", job, "ended", "note")
  return { "started", now }
end
