#!lua flags=allow-oom
-- idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

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
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 64 or #wrapper_argv ~= 4 * wrapper_calls then
  return { err = "ARGUMENT idempotency.complete expected 1 to 64 calls, each with 1 key and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_owner = wrapper_argv[wrapper_arguments + 1]
  if arg_owner == "" or #arg_owner > 256 then
    return { err = "ARGUMENT idempotency.complete owner: expected 1 to 256 bytes" }
  end
  if string.find(arg_owner, "[%c{}]") then
    return { err = "ARGUMENT idempotency.complete owner: expected no control characters and no braces" }
  end
  local arg_fence = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT idempotency.complete fence: expected a whole number from 1 to 9007199254740991" }
  end
  local arg_reply = wrapper_argv[wrapper_arguments + 3]
  if #arg_reply > 524288 then
    return { err = "ARGUMENT idempotency.complete reply: expected 0 to 524288 bytes" }
  end
  local arg_remember_ms_digits = wrapper_argv[wrapper_arguments + 4]
  local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$")
    and tonumber(arg_remember_ms_digits)
  if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
    return {
      err = "ARGUMENT idempotency.complete remember_ms: expected a whole number from 1000 to 31622400000",
    }
  end

  -- From lua/idempotency/complete.lua:
  --- Records the reply of a request, for all later calls of begin.
  do
    local request, owner, fence, reply, remember_ms, remember_ms_digits =
      KEYS[wrapper_keys + 1], arg_owner, arg_fence, arg_reply, arg_remember_ms, arg_remember_ms_digits
    local stored = redis.call("HMGET", request, "state", "owner", "fence")
    local state, stored_owner = stored[1], stored[2]
    if stored_owner ~= owner or stored_integer(stored[3], "fence") ~= fence then
      return "lost"
    end
    if state == "done" then
      return "completed"
    end
    if state ~= "running" then
      error({ err = "CORRUPT state" })
    end
    redis.call("HSET", request, "state", "done", "reply", reply)
    redis.call("PEXPIRE", request, remember_ms_digits)
    return "completed"
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
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
