#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/note.lua:
--- Notes `${text}` of a product, */ and all: <b>bold</b>, one|other, `a|b`, C:\new.
local function note(label, text)
  if
    string.find(text, "`", 1, true)
    or string.find(text, "${", 1, true)
    or string.find(text, [[\${]], 1, true)
  then
    return "refused"
  end
  redis.call("SET", label, "Z\195\188rich \\ " .. text)
  return "noted", #text + 3
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.note " .. argument .. ": expected " .. expected })
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

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT stock.note expected 1 key and 1 argument")
end
local arg_text = wrapper_read_text("text", ARGV[1], 0, 1024)
local reply_outcome, reply_bytes = note(KEYS[1], arg_text)
return { reply_outcome, wrapper_encode_optional(reply_bytes) }
