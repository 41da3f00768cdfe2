#!lua
-- stock.store 1.0.0. Generated from lua/stock/store.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 10 calls in one run. An error ends only its own call.

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 10
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 4 * wrapper_calls
then
  return { err = "ARGUMENT stock.store expected 1 to 10 calls, each with 2 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_body = wrapper_argv[wrapper_arguments + 1]
  if arg_body == "" or #arg_body > 1048576 then
    return { err = "ARGUMENT stock.store body: expected 1 to 1048576 bytes" }
  end
  local arg_sum = wrapper_argv[wrapper_arguments + 2]
  if #arg_sum < 4 or #arg_sum > 4 then
    return { err = "ARGUMENT stock.store sum: expected 4 to 4 bytes" }
  end
  local arg_preview = wrapper_argv[wrapper_arguments + 3]
  if arg_preview == "" then
    arg_preview = nil
  else
    if arg_preview == "" or #arg_preview > 1048576 then
      return { err = "ARGUMENT stock.store preview: expected 1 to 1048576 bytes" }
    end
  end
  local arg_times_digits = wrapper_argv[wrapper_arguments + 4]
  local arg_times = (arg_times_digits == "0" or string.find(arg_times_digits, "^[1-9]%d*$"))
    and tonumber(arg_times_digits)
  if not arg_times or arg_times > 1000000 then
    return { err = "ARGUMENT stock.store times: expected a whole number from 0 to 1000000" }
  end

  -- From lua/stock/store.lua:
  --- Stores the value of a label.
  do
    local label, stock, body, sum, preview, times, times_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_body,
      arg_sum,
      arg_preview,
      arg_times,
      arg_times_digits
    local before = redis.call("GET", label)
    redis.call("HSET", stock, "total", times_digits, "sum", sum)
    if preview then
      redis.call("HSET", stock, "preview", preview)
    end
    redis.call("SET", label, body)
    return before or nil
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
-- all calls as a flat list in MessagePack, 1 value for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_at = wrapper_at + 1
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
