#!lua
-- views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/views/add.lua:
local MOST_VIEWS = 9000000000000000

--- Counts views of one or more products, once.
local function add(live, counted, views, remember_ms)
  if redis.call("GET", counted) then
    return "repeated"
  end

  local totals = {}
  -- at most 1000 products
  for _, viewed in ipairs(views) do
    local before = totals[viewed.product]
    if not before then
      before = stored_integer(redis.call("HGET", live, viewed.product), "views of a product") or 0
    end
    totals[viewed.product] = before + viewed.count
    if totals[viewed.product] > MOST_VIEWS then
      misuse("views.add views: the views of a product stay below 9 * 10^15")
    end
  end

  -- at most 1000 products
  for product, total in pairs(totals) do
    redis.call("HSET", live, product, total)
  end
  redis.call("SET", counted, "counted", "PX", remember_ms)
  return "added"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT views.add " .. argument .. ": expected " .. expected })
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

if #KEYS ~= 2 then
  return redis.error_reply("ARGUMENT views.add expected 2 keys")
end
local arg_views = wrapper_read_list("views", function()
  return {
    product = wrapper_read_text(
      "views.product",
      wrapper_next_argument(),
      1,
      256,
      "[%c{}]",
      "no control characters and no braces"
    ),
    count = wrapper_read_integer("views.count", wrapper_next_argument(), 1, 9000000000000000),
  }
end)
local arg_remember_ms = wrapper_read_integer("remember_ms", wrapper_next_argument(), 1000, 31622400000)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT views.add expected as many arguments as its lists say")
end
local reply_outcome = add(KEYS[1], KEYS[2], arg_views, arg_remember_ms)
return { reply_outcome }
