#!lua
-- expiry.redrive 1.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.

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
  local earliest_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
  local earliest_ms = tonumber(earliest_due[2])
  if not earliest_ms or due_ms < earliest_ms then
    redis.call("PUBLISH", due, "earlier")
  end
end

-- From lua/expiry/redrive.lua:
--- Makes dead items due again, now and without attempts.
local function redrive(due, processing, attempts, dead, reasons, items)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  if #items == 0 then
    return 0
  end

  local now = now_ms()
  local dead_since = redis.call("ZMSCORE", dead, unpack(items))
  local claimed_until = redis.call("ZMSCORE", processing, unpack(items))
  local redriven = 0
  wake_worker(due, now)
  -- at most 1000 items
  for position, item in ipairs(items) do
    -- An item may be given twice, but it counts once.
    if dead_since[position] and redis.call("ZREM", dead, item) == 1 then
      redriven = redriven + 1
      redis.call("HDEL", reasons, item)
      -- A claimed item becomes due by itself when its lease ends.
      if not claimed_until[position] then
        redis.call("ZADD", due, "NX", now, item)
        redis.call("HDEL", attempts, item)
      end
    end
  end
  return redriven
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.redrive " .. argument .. ": expected " .. expected })
end

local wrapper_position = 0
local function wrapper_next_argument()
  wrapper_position = wrapper_position + 1
  return ARGV[wrapper_position] or ""
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_read_list(argument, read_element)
  local list = {}
  for index = 1, wrapper_read_integer(argument, wrapper_next_argument(), 0, 1000) do
    list[index] = read_element()
  end
  return list
end

if #KEYS ~= 5 then
  return redis.error_reply("ARGUMENT expiry.redrive expected 5 keys")
end
local arg_items = wrapper_read_list("items", function()
  return wrapper_read_text(
    "items",
    wrapper_next_argument(),
    1,
    256,
    "[%c{}]",
    "no control characters and no braces"
  )
end)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT expiry.redrive expected as many arguments as its lists say")
end
local reply_redriven = redrive(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_items)
return { reply_redriven }
