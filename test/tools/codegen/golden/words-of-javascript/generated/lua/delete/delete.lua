#!lua flags=allow-oom
-- delete.delete 1.0.0. Generated from lua/delete/delete.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/delete/delete.lua:
--- Deletes a class of things.
local function delete(import, arguments, void)
  if redis.call("DEL", import) == 0 or void == 0 then
    return "default"
  end
  return "done", arguments
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT delete.delete " .. argument .. ": expected " .. expected })
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

local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
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

if #KEYS ~= 1 then
  return redis.error_reply("ARGUMENT delete.delete expected 1 key")
end
local arg_arguments = wrapper_read_list("arguments", function()
  return {
    class = wrapper_read_text("arguments.class", wrapper_next_argument(), 1, 8, "[^A-Z]", "letters A to Z"),
    new = wrapper_read_integer("arguments.new", wrapper_next_argument(), -5, 5),
    default = wrapper_read_choice(
      "arguments.default",
      wrapper_next_argument(),
      { ["yes"] = true, ["no"] = true, ["default"] = true }
    ),
  }
end)
local arg_void = wrapper_read_integer("void", wrapper_next_argument(), -5, 5)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT delete.delete expected as many arguments as its lists say")
end
local reply_outcome, reply_yield = delete(KEYS[1], arg_arguments, arg_void)
return { reply_outcome, wrapper_encode_records(reply_yield, { "class", "new", "default" }) }
