#!lua flags=no-writes
-- expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/upcoming.lua:
--- Lists the items that are due soon, the earliest first; those due already and not yet claimed included.
local function upcoming(due, within_ms, limit)
  local found =
    redis.call("ZRANGE", due, "-inf", now_ms() + within_ms, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local items = {}
  -- at most 1000 items
  for position = 1, #found, 2 do
    items[#items + 1] = { item = found[position], due_ms = stored_integer(found[position + 1], "due") }
  end
  return items
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.upcoming " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_records(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      rows[index][position] = record[field]
    end
  end
  return rows
end

if #KEYS ~= 1 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT expiry.upcoming expected 1 key and 2 arguments")
end
local arg_within_ms = wrapper_read_integer("within_ms", ARGV[1], 1, 31622400000)
local arg_limit = wrapper_read_integer("limit", ARGV[2], 1, 1000)
local reply_items = upcoming(KEYS[1], arg_within_ms, arg_limit)
return { wrapper_encode_records(reply_items, { "item", "due_ms" }) }
