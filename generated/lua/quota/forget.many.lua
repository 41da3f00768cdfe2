#!lua flags=allow-oom
-- quota.forget 1.0.0. Generated from lua/quota/forget.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/lib/quota/stored_size.lua:
--- Reads what quota.count has stored about an entry. Any other text ends the script.
local function stored_size(stored)
  if not stored then
    return 0, 0
  end
  local bytes, ends_ms = string.match(stored, "^(%d+) (%d+)$")
  if not bytes then
    error({ err = "CORRUPT size of an entry" })
  end
  return stored_integer(bytes, "size of an entry") or 0, stored_integer(ends_ms, "size of an entry") or 0
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 2 * wrapper_calls
then
  return { err = "ARGUMENT quota.forget expected 1 to 64 calls, each with 2 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_entry = wrapper_argv[wrapper_arguments + 1]
  if arg_entry == "" or #arg_entry > 256 then
    return { err = "ARGUMENT quota.forget entry: expected 1 to 256 bytes" }
  end
  if string.find(arg_entry, "[%c{}]") then
    return { err = "ARGUMENT quota.forget entry: expected no control characters and no braces" }
  end
  local arg_number = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_number or arg_number < 0 or arg_number > 9007199254740991 or arg_number % 1 ~= 0 then
      return { err = "ARGUMENT quota.forget number: expected a whole number from 0 to 9007199254740991" }
    end
  end

  -- From lua/quota/forget.lua:
  --- Stops counting an entry for the quota of its tenant, because it was removed or not stored.
  do
    local cache_usage, cache_sizes, entry, number =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_entry, arg_number
    local state = redis.call("HMGET", cache_sizes, "bytes", "=" .. entry)
    local sum = stored_integer(state[1], "cache-sizes")
    local bytes = stored_size(state[2])
    local counted = stored_integer(redis.call("ZSCORE", cache_usage, entry), "cache-usage")
    if counted and number and counted ~= number then
      return "recounted"
    end
    if counted and sum then
      redis.call("HSET", cache_sizes, "bytes", string.format("%.0f", math.max(sum - bytes, 0)))
    end
    -- Its size may be there alone, if Redis has evicted the other key.
    redis.call("HDEL", cache_sizes, "=" .. entry)
    redis.call("ZREM", cache_usage, entry)
    return counted and "forgotten" or "unknown"
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
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
