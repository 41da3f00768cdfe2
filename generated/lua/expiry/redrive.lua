#!lua
-- expiry.redrive 2.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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
if #KEYS ~= 4 or #ARGV < 1 then
  return { err = "ARGUMENT expiry.redrive expected 4 keys and at least 1 argument" }
end
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.redrive items: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT expiry.redrive expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.redrive items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.redrive items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
end

-- From lua/expiry/redrive.lua:
--- Makes dead items due again, now and without attempts.
do
  local due, attempts, dead, reasons, items = KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  if #items == 0 then
    return 0
  end

  local now = now_ms()
  local dead_since = redis.call("ZMSCORE", dead, unpack(items))
  local redriven = {}
  local is_redriven = {}
  -- at most 1000 items
  for position, item in ipairs(items) do
    -- An item may be given twice, but it counts once.
    if dead_since[position] and not is_redriven[item] then
      is_redriven[item] = true
      redriven[#redriven + 1] = item
    end
  end
  if #redriven == 0 then
    return 0
  end

  wake_worker(due, now)
  -- at most 1000 items
  for _, item in ipairs(redriven) do
    redis.call("ZADD", due, now, item)
  end
  -- at most 1000 items
  redis.call("ZREM", dead, unpack(redriven))
  -- at most 1000 items
  redis.call("HDEL", reasons, unpack(redriven))
  -- at most 1000 items
  redis.call("HDEL", attempts, unpack(redriven))
  return #redriven
end
