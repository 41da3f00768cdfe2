#!lua
-- stock.tag 1.0.0. Generated from lua/stock/tag.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 2 * wrapper_calls
then
  return { err = "ARGUMENT stock.tag expected 1 to 100 calls, each with 2 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_text = wrapper_argv[wrapper_arguments + 1]
  if arg_text == "" or #arg_text > 64 then
    return { err = "ARGUMENT stock.tag text: expected 1 to 64 bytes" }
  end
  if string.find(arg_text, "[%c{}]") then
    return { err = "ARGUMENT stock.tag text: expected no control characters and no braces" }
  end
  local arg_times = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_times or arg_times < 0 or arg_times > 1000000 or arg_times % 1 ~= 0 then
      return { err = "ARGUMENT stock.tag times: expected a whole number from 0 to 1000000" }
    end
  end

  -- From lua/stock/tag.lua:
  --- Sets what a shop says of a product, and how often.
  do
    local label, stock, text, times = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_text, arg_times
    if text == "none" then
      return "refused"
    end
    redis.call("HLEN", stock)
    if times then
      redis.call("HSET", stock, "total", times)
    end
    redis.call("SET", label, text)
    return "set", times
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 2 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_at = wrapper_at + 2
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
