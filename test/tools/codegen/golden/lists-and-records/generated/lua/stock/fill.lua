#!lua
-- stock.fill 1.0.0. Generated from lua/stock/fill.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- From lua/stock/fill.lua:
--- Sets many shelves, and says what lies on others.
local function fill(stock, levels, asked)
  local known = {}
  local states = {}
  -- at most 1000 shelves
  for position, shelf in ipairs(asked) do
    local quantity = stored_units(redis.call("HGET", stock, shelf), "level")
    if quantity then
      known[#known + 1] = { shelf = shelf, quantity = quantity }
    end
    states[position] = { shelf = shelf, empty = (quantity or 0) == 0 }
  end
  local set = {}
  -- at most 1000 shelves
  for position, level in ipairs(levels) do
    set[position] = redis.call("HEXISTS", stock, level.shelf) == 0
  end
  -- at most 1000 shelves
  for _, level in ipairs(levels) do
    redis.call("HSET", stock, level.shelf, level.quantity)
  end
  return known, states, set
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.fill " .. argument .. ": expected " .. expected })
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

local function wrapper_encode_flags(values)
  if values == nil then
    return false
  end
  local flags = {}
  for index, value in ipairs(values) do
    flags[index] = value and 1 or 0
  end
  return flags
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

local function wrapper_encode_records_with_flags(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      local value = record[field]
      if type(value) == "boolean" then
        value = value and 1 or 0
      end
      rows[index][position] = value
    end
  end
  return rows
end

if #KEYS ~= 1 then
  return redis.error_reply("ARGUMENT stock.fill expected 1 key")
end
local arg_levels = wrapper_read_list("levels", function()
  return {
    shelf = wrapper_read_text(
      "levels.shelf",
      wrapper_next_argument(),
      1,
      64,
      "[%c{}]",
      "no control characters and no braces"
    ),
    quantity = wrapper_read_integer("levels.quantity", wrapper_next_argument(), 0, 1000000),
  }
end)
local arg_asked = wrapper_read_list("asked", function()
  return wrapper_read_text(
    "asked",
    wrapper_next_argument(),
    1,
    64,
    "[%c{}]",
    "no control characters and no braces"
  )
end)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT stock.fill expected as many arguments as its lists say")
end
local reply_known, reply_states, reply_set = fill(KEYS[1], arg_levels, arg_asked)
return {
  wrapper_encode_records(reply_known, { "shelf", "quantity" }),
  wrapper_encode_records_with_flags(reply_states, { "shelf", "empty" }),
  wrapper_encode_flags(reply_set),
}
