#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/price/read.lua:
local MOST_MINOR = 1000000000000
-- A sale without an end; see price.set.
local NEVER_MS = 8640000000000000

--- Reads what a product costs now, in one currency: base, sale and effective price.
local function read(price)
  local stored = redis.call("HMGET", price, "base", "sale", "sale_starts", "sale_ends")
  local base = stored_integer(stored[1], "base", 0, MOST_MINOR)
  local sale = stored_integer(stored[2], "sale", 0, MOST_MINOR)
  local starts = stored_integer(stored[3], "sale_starts")
  local ends = stored_integer(stored[4], "sale_ends")
  if not base then
    return "unknown"
  end
  if not sale then
    return "priced", base, nil, base, false, nil
  end
  if not starts or not ends then
    corrupt("window of a sale")
  end

  local now = now_ms()
  if now < starts then
    return "priced", base, sale, base, false, starts
  elseif now < ends then
    local changes_at = ends
    if ends == NEVER_MS then
      changes_at = nil
    end
    return "priced", base, sale, sale, true, changes_at
  end
  return "priced", base, sale, base, false, nil
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end

if #KEYS ~= 1 or #ARGV ~= 0 then
  return redis.error_reply("ARGUMENT price.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_base_minor, reply_sale_minor, reply_effective_minor, reply_on_sale, reply_changes_at_ms =
  read(KEYS[1])
return {
  reply_outcome,
  wrapper_encode_optional(reply_base_minor),
  wrapper_encode_optional(reply_sale_minor),
  wrapper_encode_optional(reply_effective_minor),
  wrapper_encode_flag(reply_on_sale),
  wrapper_encode_optional(reply_changes_at_ms),
}
