#!lua flags=allow-oom
-- expiry.dead_letter 1.0.1. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/claim_lease.lua:
-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE = ""

--- Until when a claim's lease runs.
local function claim_lease(held)
  local lease_ends = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
  if lease_ends and lease_ends >= now_ms() then
    return lease_ends
  end
  return nil
end

-- From lua/lib/items_held.lua:
--- Those of some items that a claim holds.
local function items_held(held, items)
  local mine = {}
  if #items == 0 then
    return mine
  end
  local positions = redis.call("ZMSCORE", held, unpack(items))
  -- at most 1000 items
  for index, item in ipairs(items) do
    if positions[index] then
      mine[#mine + 1] = item
    end
  end
  return mine
end

-- From lua/expiry/dead_letter.lua:
--- Gives items up that a worker cannot deal with, however often it tries: they are dead, with the reason, until redriven.
local function dead_letter(processing, dead, reasons, held, items, reason)
  if not claim_lease(held) then
    return "lost"
  end
  -- Asked for their types alone: a wrong one has to show before the first write.
  redis.call("ZCARD", processing)
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)

  local dead_since_ms = now_ms()
  -- at most 1000 items
  for _, item in ipairs(items_held(held, items)) do
    redis.call("ZADD", dead, dead_since_ms, item)
    redis.call("HSET", reasons, item, reason)
    redis.call("ZREM", processing, item)
    redis.call("ZREM", held, item)
  end
  return "dead_lettered"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.dead_letter " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 4 then
  return redis.error_reply("ARGUMENT expiry.dead_letter expected 4 keys")
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
local arg_reason = wrapper_read_text("reason", wrapper_next_argument(), 1, 1000)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT expiry.dead_letter expected as many arguments as its lists say")
end
local reply_outcome = dead_letter(KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items, arg_reason)
return { reply_outcome }
