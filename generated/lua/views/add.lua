#!lua
-- views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/invalid_argument.lua:
--- Ends the script with the error ARGUMENT: its arguments contradict each other or stored values.
local function invalid_argument(expected)
  raise("ARGUMENT", expected, 2)
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/views/add.lua:
-- The upper bound of the type count.
local MAX_VIEWS = 9000000000000000

--- Counts views of one or more products, once.
local function add(pending_views, views_operation, views, remember_ms)
  if redis.call("GET", views_operation) then
    return "repeated"
  end

  local totals = {}
  -- at most 1000 products
  for _, view in ipairs(views) do
    local before = totals[view.product]
    if not before then
      before = stored_integer(redis.call("HGET", pending_views, view.product), "views of a product") or 0
    end
    totals[view.product] = before + view.count
    if totals[view.product] > MAX_VIEWS then
      invalid_argument("views.add views: the views of a product stay below 9 * 10^15")
    end
  end

  -- at most 1000 products
  for product, total in pairs(totals) do
    redis.call("HSET", pending_views, product, total)
  end
  redis.call("SET", views_operation, "counted", "PX", remember_ms)
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
