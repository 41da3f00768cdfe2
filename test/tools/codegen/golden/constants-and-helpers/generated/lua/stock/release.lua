#!lua flags=allow-oom
-- stock.release 0.1.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/release.lua:
local FIELD, OTHER = "total", "other"

--- Whether it is one of ours.
local function ours(name)
  return name == FIELD or name == OTHER
end

--- Releases one of a product's totals.
local function release(stock, name)
  return ours(name) and redis.call("HDEL", stock, name) == 1
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT stock.release " .. argument .. ": expected " .. expected })
end

local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
  end
  return text
end

local function wrapper_encode_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end

if #KEYS ~= 1 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT stock.release expected 1 key and 1 argument")
end
local arg_name = wrapper_read_choice("name", ARGV[1], { ["total"] = true, ["other"] = true })
local reply_released = release(KEYS[1], arg_name)
return { wrapper_encode_flag(reply_released) }
