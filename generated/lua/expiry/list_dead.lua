#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/list_dead.lua:
--- Lists dead items with the reason, those first that were given up first.
local function list_dead(attempts, dead_items, reasons, limit)
  local found = redis.call("ZRANGE", dead_items, 0, limit - 1, "WITHSCORES")
  local items = {}
  -- at most 1000 items
  for position = 1, #found, 2 do
    local name = found[position]
    items[#items + 1] = {
      item = name,
      attempts = stored_integer(redis.call("HGET", attempts, name), "attempts", 1) or 1,
      reason = redis.call("HGET", reasons, name) or "unknown",
      dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
    }
  end
  return items
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.list_dead " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 3 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT expiry.list_dead expected 3 keys and 1 argument")
end
local arg_limit = wrapper_read_integer("limit", ARGV[1], 1, 1000)
local reply_items = list_dead(KEYS[1], KEYS[2], KEYS[3], arg_limit)
return { wrapper_encode_records(reply_items, { "item", "attempts", "reason", "dead_since_ms" }) }
