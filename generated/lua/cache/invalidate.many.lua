#!lua flags=allow-oom
-- cache.invalidate 1.0.0. Generated from lua/cache/invalidate.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 3
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= wrapper_calls
then
  return { err = "ARGUMENT cache.invalidate expected 1 to 100 calls, each with 3 keys and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_settle_ms = tonumber(wrapper_argv[wrapper_arguments + 1])
  if wrapper_argv[wrapper_arguments + 1] ~= "" then
    if not arg_settle_ms or arg_settle_ms < 1 or arg_settle_ms > 31622400000 or arg_settle_ms % 1 ~= 0 then
      return { err = "ARGUMENT cache.invalidate settle_ms: expected a whole number from 1 to 31622400000" }
    end
  end

  -- From lua/cache/invalidate.lua:
  --- Invalidates one entry: afterwards nobody reads it, and no load that began before fills it.
  do
    local cache_entry, cache_lease, cache_block, settle_ms =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], KEYS[wrapper_keys + 3], arg_settle_ms
    local _, waited = lease_of(redis.call("GET", cache_lease))
    -- Type check only: WRONGTYPE must come before the first write.
    redis.call("STRLEN", cache_entry)
    local settled_ms = tonumber(redis.call("HGET", cache_block, "settle"))
    if settle_ms then
      local settles_ms = now_ms() + settle_ms
      -- A shorter time does not end a longer one of an earlier call.
      if not settled_ms or settled_ms < settles_ms then
        redis.call("HSET", cache_block, "settle", string.format("%d", settles_ms))
      end
      if redis.call("PTTL", cache_block) < settle_ms then
        redis.call("PEXPIRE", cache_block, settle_ms)
      end
    end
    redis.call("HDEL", cache_block, "setter")
    local removed = redis.call("UNLINK", cache_entry)
    redis.call("UNLINK", cache_lease)
    if waited then
      redis.call("PUBLISH", cache_lease, "invalidated")
    end
    return removed == 1 and "removed" or "absent"
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
  wrapper_keys = wrapper_keys + 3
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
