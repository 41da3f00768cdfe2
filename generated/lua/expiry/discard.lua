#!lua flags=allow-oom
-- expiry.discard 1.0.0. Generated from lua/expiry/discard.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/expiry/discard.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV < 1 then
  return { err = "ARGUMENT expiry.discard expected 4 keys and at least 1 argument" }
end
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.discard items: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT expiry.discard expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.discard items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.discard items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
end

--- Removes dead items with their reasons and attempts.
do
  local attempts, dead, reasons, expiry_operation, items = KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items
  if #items == 0 then
    return { "discarded", 0 }
  end
  -- Names have no control characters, so two different lists never give the same text.
  local call = "discard " .. redis.sha1hex(table.concat(items, "\n"))
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
  local count, mismatch = remembered_count(expiry_operation, call)
  if mismatch then
    return "mismatch"
  elseif count then
    return { "discarded", count }
  end

  -- From lua/lib/expiry/dead_among.lua:
  --- Selects those of the given items that are dead, each once.
  local function dead_among(dead, items)
    -- at most 100 items
    local dead_since = redis.call("ZMSCORE", dead, unpack(items))
    local found = {}
    local is_found = {}
    -- at most 100 items
    for position, item in ipairs(items) do
      if dead_since[position] and not is_found[item] then
        is_found[item] = true
        found[#found + 1] = item
      end
    end
    return found
  end
  local found = dead_among(dead, items)
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
