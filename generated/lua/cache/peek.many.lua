#!lua flags=no-writes
-- cache.peek 1.0.0. Generated from lua/cache/peek.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 100 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.peek expected 1 to 100 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/cache/peek.lua:
  --- Reads an entry, and grants no lease.
  do
    local cache_entry = KEYS[wrapper_keys + 1]
    local stored = redis.call("GET", cache_entry)
    if not stored then
      return "absent"
    end
    local fresh_until_ms = entry_head(stored)
    if not fresh_until_ms then
      return "foreign"
    end
    local fresh_for_ms = fresh_until_ms - now_ms()
    if fresh_for_ms > 0 then
      return "fresh", stored or false, fresh_for_ms
    end
    return "stale", stored
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
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
