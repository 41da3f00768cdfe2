#!lua flags=allow-oom
-- cache.read 1.0.0. Generated from lua/cache/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- From lua/lib/cache/entry_head.lua:
--- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
--- that filled it.
local function entry_head(stored)
  if string.sub(stored, 1, 1) ~= "1" then
    return nil
  end
  local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
  local fresh_until_ms = tonumber(fresh_until)
  if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
    error({ err = "CORRUPT cache entry" })
  end
  return fresh_until_ms, fill_id
end

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
  or #wrapper_argv ~= 4 * wrapper_calls
then
  return { err = "ARGUMENT cache.read expected 1 to 100 calls, each with 3 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_fill_id = wrapper_argv[wrapper_arguments + 1]
  if #arg_fill_id < 12 or #arg_fill_id > 12 then
    return { err = "ARGUMENT cache.read fill_id: expected 12 to 12 bytes" }
  end
  if string.find(arg_fill_id, "[%c{}]") then
    return { err = "ARGUMENT cache.read fill_id: expected no control characters and no braces" }
  end
  local arg_lease_ms_digits = wrapper_argv[wrapper_arguments + 2]
  local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
  if not arg_lease_ms or arg_lease_ms > 31622400000 then
    return { err = "ARGUMENT cache.read lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_replaces = wrapper_argv[wrapper_arguments + 3]
  if arg_replaces == "" then
    arg_replaces = nil
  else
    if #arg_replaces < 12 or #arg_replaces > 12 then
      return { err = "ARGUMENT cache.read replaces: expected 12 to 12 bytes" }
    end
    if string.find(arg_replaces, "[%c{}]") then
      return { err = "ARGUMENT cache.read replaces: expected no control characters and no braces" }
    end
  end
  local arg_waits = wrapper_argv[wrapper_arguments + 4]
  if arg_waits == "" then
    arg_waits = nil
  else
    if arg_waits ~= "1" and arg_waits ~= "0" then
      return { err = "ARGUMENT cache.read waits: expected 1 or 0" }
    end
    arg_waits = arg_waits == "1"
  end

  -- From lua/cache/read.lua:
  --- Reads an entry. If it is stale or absent, one caller gets the lease and loads it.
  do
    local cache_entry, cache_lease, cache_block, fill_id, lease_ms, replaces, waits, lease_ms_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      arg_fill_id,
      arg_lease_ms,
      arg_replaces,
      arg_waits,
      arg_lease_ms_digits
    check_hex("fill_id", fill_id)
    local stored = redis.call("GET", cache_entry)
    local outcome = "absent"
    if stored then
      local fresh_until_ms, stored_id = entry_head(stored)
      if not fresh_until_ms then
        return "foreign"
      end
      if stored_id == replaces then
        stored = nil
      else
        local fresh_for_ms = fresh_until_ms - now_ms()
        if fresh_for_ms > 0 then
          return "fresh", stored or false, fresh_for_ms
        end
        outcome = "stale"
      end
    end

    if redis.call("HLEN", cache_block) > 0 then
      return outcome, stored or nil or false, false, "blocked"
    end
    local held = redis.call("SET", cache_lease, fill_id, "NX", "GET", "PX", lease_ms_digits)
    if not held then
      return outcome, stored or nil or false, false, "granted"
    end
    local holder, waited = lease_of(held)
    if waits and not waited then
      redis.call("SET", cache_lease, holder .. " waited", "KEEPTTL")
    end
    return outcome, stored or nil or false, false, "busy", math.max(redis.call("PTTL", cache_lease), 1)
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
-- all calls as a flat list in MessagePack, 5 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_at = wrapper_at + 5
  wrapper_keys = wrapper_keys + 3
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
