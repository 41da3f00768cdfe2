#!lua flags=allow-oom
-- expiry.dead_letter 1.0.0. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/lib/expiry/held_items.lua:
--- Selects those of the given items that a claim holds.
local function held_items(claim_key, processing, items, now)
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local lease_ends = stored_integer(claim[1] or false, "end of a claim's lease")
  if not lease_ends or lease_ends < now then
    return nil, {}
  end

  local is_given = {}
  -- at most 100 items
  for _, item in ipairs(items) do
    is_given[item] = true
  end
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local held, others = {}, {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    if position > 1 and not is_given[item] then
      others[#others + 1] = item
    elseif position > 1 and tonumber(leases[position]) == lease_ends then
      held[#held + 1] = item
    end
  end
  return held, others
end

-- From lua/lib/expiry/keep_items.lua:
--- Removes all items from a claim except those that it keeps. The end of its lease stays.
local function keep_items(claim_key, others)
  redis.call("LTRIM", claim_key, "0", "0")
  if #others > 0 then
    -- at most 100 items
    redis.call("RPUSH", claim_key, unpack(others))
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV < 2 then
  return { err = "ARGUMENT expiry.dead_letter expected 4 keys and at least 2 arguments" }
end
local wrapper_position
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.dead_letter items: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 2 + wrapper_count then
    return { err = "ARGUMENT expiry.dead_letter expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.dead_letter items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.dead_letter items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_reason = ARGV[wrapper_position + 1]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT expiry.dead_letter reason: expected 1 to 1000 bytes" }
end

-- From lua/expiry/dead_letter.lua:
--- Moves items that a worker cannot process to the dead items, and stores the reason. They stay
--- there until they are redriven, discarded, tracked or cancelled.
do
  local processing, dead, reasons, claim_key, items, reason =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items, arg_reason
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)
  if #held == 0 then
    return "dead_lettered"
  end

  local dead_since = string.format("%d", now)
  local instants, whys = {}, {}
  -- at most 100 items
  for position, item in ipairs(held) do
    instants[2 * position - 1] = dead_since
    instants[2 * position] = item
    whys[2 * position - 1] = item
    whys[2 * position] = reason
  end
  -- at most 200 values
  redis.call("ZADD", dead, unpack(instants))
  -- at most 200 values
  redis.call("HSET", reasons, unpack(whys))
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  return "dead_lettered"
end
