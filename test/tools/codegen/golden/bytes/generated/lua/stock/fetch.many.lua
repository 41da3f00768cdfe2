#!lua flags=no-writes
-- stock.fetch 1.0.0. Generated from lua/stock/fetch.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 10 calls in one run. An error ends only its own call.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 2
if wrapper_calls < 1 or wrapper_calls > 10 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.fetch expected 1 to 10 calls, each with 2 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/stock/fetch.lua:
  --- Fetches the value of a label.
  do
    local label, stock = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2]
    local stored = redis.call("HMGET", stock, "total", "shelf", "preview")
    local body = redis.call("GET", label)
    local times = stored_units(stored[1], "total")
    if not body or not times then
      return "unknown", false, false, false, stored[3] or nil or false, {}
    end
    return "found",
      body or false,
      times or false,
      stored[2] or nil or false,
      stored[3] or nil or false,
      { "a1" }
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
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
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
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
