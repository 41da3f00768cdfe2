#!lua
-- version.read 1.0.0. Generated from lua/version/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- From lua/version/read.lua:
-- 7 days after its last use, a version is forgotten. Its tags then match nothing.
local KEEP_MS = 604800000
-- The upper bounds of the types epoch_ms and write_number.
local MAX_EPOCH_MS = 8640000000000000
local MAX_NUMBER = 9000000000000000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT version.read expected 1 to 100 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_new_token = wrapper_argv[wrapper_arguments + 1]
  if #arg_new_token < 16 or #arg_new_token > 64 then
    return { err = "ARGUMENT version.read new_token: expected 16 to 64 bytes" }
  end
  if string.find(arg_new_token, "[%c{}]") then
    return { err = "ARGUMENT version.read new_token: expected no control characters and no braces" }
  end

  --- Reads the version of a resource before its data is read. A resource without a version gets a new one.
  --- While a writer changes the resource, it has none.
  do
    local version, new_token = KEYS[wrapper_keys + 1], arg_new_token
    local stored = redis.call("HMGET", version, "token", "until", "number")
    local token = stored[1]
    local number = stored_integer(stored[3], "version", 0, MAX_NUMBER) or 0
    if not token then
      local ends_ms = stored_integer(stored[2], "version", 0, MAX_EPOCH_MS)
      if ends_ms and ends_ms > now_ms() then
        return "writing"
      end
      redis.call("HSET", version, "token", new_token)
      redis.call("PEXPIRE", version, KEEP_MS)
      return "known", new_token or false, number
    end
    -- Rarely extended, so that most readings write nothing.
    if redis.call("PTTL", version) < KEEP_MS / 2 then
      redis.call("PEXPIRE", version, KEEP_MS)
    end
    return "known", token or false, number
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
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
