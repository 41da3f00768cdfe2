#!lua
-- job.start 1.0.0. Generated from lua/job/start.lua by moonpath-codegen. DO NOT EDIT.

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
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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
