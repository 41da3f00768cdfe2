#!lua flags=no-writes
-- expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 8 calls in one run. An error ends only its own call.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 8 or #wrapper_argv ~= 2 * wrapper_calls then
  return { err = "ARGUMENT expiry.upcoming expected 1 to 8 calls, each with 1 key and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_within_ms = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_within_ms or arg_within_ms < 1 or arg_within_ms > 31622400000 or arg_within_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.upcoming within_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_limit_digits = wrapper_argv[wrapper_arguments + 2]
  local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
  if not arg_limit or arg_limit > 100 then
    return { err = "ARGUMENT expiry.upcoming limit: expected a whole number from 1 to 100" }
  end

  -- From lua/expiry/upcoming.lua:
  --- Lists the items that will be due soon, or are due and not claimed, the earliest first.
  do
    local due, within_ms, limit, limit_digits =
      KEYS[wrapper_keys + 1], arg_within_ms, arg_limit, arg_limit_digits
    local found = redis.call(
      "ZRANGE",
      due,
      "-inf",
      now_ms() + within_ms,
      "BYSCORE",
      "LIMIT",
      "0",
      limit_digits,
      "WITHSCORES"
    )
    local items = {}
    -- at most 100 items
    for position = 1, #found, 2 do
      items[position] = found[position]
      items[position + 1] = stored_integer(found[position + 1], "due")
    end
    return items
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
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
