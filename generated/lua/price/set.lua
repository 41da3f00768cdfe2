#!lua
-- price.set 1.0.0. Generated from lua/price/set.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/misuse.lua:
--- Stops the script before it writes: its arguments do not fit together.
local function misuse(expected)
  stop("ARGUMENT", expected, 2)
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

-- From lua/price/set.lua:
-- A sale without a start has always run, one without an end runs for good.
local ALWAYS_MS = 0
local NEVER_MS = 8640000000000000

--- Sets a product's base or sale price in one currency.
local function set(price, kind, amount_minor, starts_at_ms, ends_at_ms, sequence)
  if kind == "base" and (starts_at_ms or ends_at_ms) then
    misuse("price.set starts_at_ms, ends_at_ms: this kind of price has no window")
  end
  if starts_at_ms and ends_at_ms and ends_at_ms <= starts_at_ms then
    misuse("price.set ends_at_ms: a window ends after it starts")
  end

  local sequence_field = kind .. "_seq"
  local latest = stored_integer(redis.call("HGET", price, sequence_field), sequence_field)
  if latest and sequence == latest then
    return "repeated"
  end
  if latest and sequence < latest then
    return "stale"
  end

  redis.call("HSET", price, kind, amount_minor, sequence_field, sequence)
  if kind == "sale" then
    redis.call("HSET", price, "sale_starts", starts_at_ms or ALWAYS_MS, "sale_ends", ends_at_ms or NEVER_MS)
  end
  return "applied"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT price.set " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
  end
  return text
end

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

if #KEYS ~= 1 or #ARGV ~= 5 then
  return redis.error_reply("ARGUMENT price.set expected 1 key and 5 arguments")
end
local arg_kind = wrapper_read_choice("kind", ARGV[1], { ["base"] = true, ["sale"] = true })
local arg_amount_minor = wrapper_read_integer("amount_minor", ARGV[2], 0, 1000000000000)
local arg_starts_at_ms = wrapper_read_optional(ARGV[3], function(text)
  return wrapper_read_integer("starts_at_ms", text, 0, 8640000000000000)
end)
local arg_ends_at_ms = wrapper_read_optional(ARGV[4], function(text)
  return wrapper_read_integer("ends_at_ms", text, 0, 8640000000000000)
end)
local arg_sequence = wrapper_read_integer("sequence", ARGV[5], 0, 9007199254740991)
local reply_outcome = set(KEYS[1], arg_kind, arg_amount_minor, arg_starts_at_ms, arg_ends_at_ms, arg_sequence)
return { reply_outcome }
