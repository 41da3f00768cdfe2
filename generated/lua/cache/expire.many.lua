#!lua flags=allow-oom
-- cache.expire 1.0.0. Generated from lua/cache/expire.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/cache/expire.lua:
-- The last byte of an entry's head.
local HEAD_ENDS_AT = 30
-- Where the fresh time begins in an entry, and what it is afterwards.
local FRESH_UNTIL_AT = 4
local NEVER = "0000000000000"

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 3
if wrapper_calls < 1 or wrapper_calls > 100 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.expire expected 1 to 100 calls, each with 3 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Makes one entry stale: the next callers get the old value, and one of them loads the new one.
  do
    local cache_entry, cache_lease, cache_block =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], KEYS[wrapper_keys + 3]
    local _, waited = lease_of(redis.call("GET", cache_lease))
    local fresh_until_ms = entry_head(redis.call("GETRANGE", cache_entry, "0", HEAD_ENDS_AT))
    local has_setter = redis.call("HEXISTS", cache_block, "setter") == 1
    if fresh_until_ms then
      redis.call("SETRANGE", cache_entry, FRESH_UNTIL_AT, NEVER)
    end
    if has_setter then
      redis.call("HDEL", cache_block, "setter")
    end
    redis.call("UNLINK", cache_lease)
    if waited then
      redis.call("PUBLISH", cache_lease, "invalidated")
    end
    if fresh_until_ms then
      return "expired"
    end
    redis.call("UNLINK", cache_entry)
    return "absent"
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
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
