#!lua flags=allow-oom
-- lock.release 1.0.1. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lock/release.lua:
--- Lets go of a lock, if the caller still holds it, and wakes who waits for it.
local function release(lock, owner, fence)
  local held = redis.call("HMGET", lock, "owner", "fence", "waited")
  if held[1] ~= owner or stored_integer(held[2], "fence") ~= fence then
    return "lost"
  end
  if held[3] then
    redis.call("PUBLISH", lock, "released")
  end
  redis.call("DEL", lock)
  return "released"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT lock.release " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 1 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT lock.release expected 1 key and 2 arguments")
end
local arg_owner = wrapper_read_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_fence = wrapper_read_integer("fence", ARGV[2], 1, 9007199254740991)
local reply_outcome = release(KEYS[1], arg_owner, arg_fence)
return { reply_outcome }
