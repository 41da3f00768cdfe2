#!lua flags=allow-oom
-- expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/renew.lua:
-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE_MEMBER = ""
local MOST_ITEMS = 1000

--- Gives a worker's claim a new lease, from now on; one that runs longer already stays.
local function renew(processing, held, lease_ms)
  local runs_until = claim_lease(held)
  if not runs_until then
    return "lost"
  end
  if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  -- Asked for its type alone: a wrong one has to show before the first write.
  redis.call("ZCARD", processing)

  local lease_ends = math.max(runs_until, now_ms() + lease_ms)
  -- at most 1001 items, the lease's own member included
  for _, item in ipairs(redis.call("ZRANGE", held, 0, -1)) do
    redis.call("ZADD", processing, "XX", lease_ends, item)
  end
  redis.call("ZADD", held, lease_ends, LEASE_MEMBER)
  redis.call("PEXPIREAT", held, lease_ends)
  return "renewed", lease_ends
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.renew " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 2 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT expiry.renew expected 2 keys and 1 argument")
end
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[1], 1, 31622400000)
local reply_outcome, reply_lease_ends_ms = renew(KEYS[1], KEYS[2], arg_lease_ms)
return { reply_outcome, wrapper_encode_optional(reply_lease_ends_ms) }
