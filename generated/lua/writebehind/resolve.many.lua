#!lua flags=allow-oom
-- writebehind.resolve 1.0.0. Generated from lua/writebehind/resolve.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 32 calls in one run. An error ends only its own call.

-- From lua/lib/writebehind/dead_write_of.lua:
--- Reads a dead write: its reason, a line break, and the stored write. The reason has no line break.
local function dead_write_of(stored)
  local reason, record_at = string.match(stored, "^([^\n]+)\n()")
  if not reason then
    error({ err = "CORRUPT dead write" })
  end
  return reason, string.sub(stored, record_at)
end

-- From lua/lib/writebehind/write_of.lua:
--- Reads a stored write: `<sequence> <operation> <key>` with tabs between them, a line break and the
--- value. Names of operations and keys have no control characters.
local function write_of(record, what)
  -- 2^53 - 1, the upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  local sequence, operation, key, value_at = string.match(record, "^(%d+)\t([^\t\n]+)\t([^\t\n]+)\n()")
  local number = tonumber(sequence)
  if not number or number > MAX_SEQUENCE then
    error({ err = "CORRUPT " .. what })
  end
  return sequence, operation, key, value_at
end

-- From lua/lib/writebehind/dead_member.lua:
--- Finds a dead write by its key and its number.
local function dead_member(write_dead_records, key, sequence)
  local text = string.format("%d", sequence)
  local member = key
  local stored = redis.call("HGET", write_dead_records, key)
  if stored then
    local _, record = dead_write_of(stored)
    if write_of(record, "dead write") == text then
      return member, record, stored
    end
  end
  -- A write that was appended has its number as its name.
  member = "\n" .. text
  stored = redis.call("HGET", write_dead_records, member)
  if not stored then
    return nil, "", ""
  end
  local _, record = dead_write_of(stored)
  local _, _, stored_key = write_of(record, "dead write")
  if stored_key ~= key then
    return nil, "", ""
  end
  return member, record, stored
end

-- From lua/lib/next_number.lua:
--- Returns a number above the last one, for fences and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
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

-- From lua/writebehind/resolve.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 5
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 32
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT writebehind.resolve expected 1 to 32 calls, each with 5 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_key = wrapper_argv[wrapper_arguments + 1]
  if arg_key == "" or #arg_key > 256 then
    return { err = "ARGUMENT writebehind.resolve key: expected 1 to 256 bytes" }
  end
  if string.find(arg_key, "[%c{}]") then
    return { err = "ARGUMENT writebehind.resolve key: expected no control characters and no braces" }
  end
  local arg_sequence = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_sequence or arg_sequence < 0 or arg_sequence > 9007199254740991 or arg_sequence % 1 ~= 0 then
    return {
      err = "ARGUMENT writebehind.resolve sequence: expected a whole number from 0 to 9007199254740991",
    }
  end
  local arg_decision = wrapper_argv[wrapper_arguments + 3]
  if arg_decision ~= "redrive" and arg_decision ~= "discard" then
    return { err = "ARGUMENT writebehind.resolve decision: expected one of its choices" }
  end

  --- Queues a dead write again, at the end of the queue, or discards it.
  do
    local write_queue, write_values, write_state, write_dead, write_dead_records, key, sequence, decision =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      arg_key,
      arg_sequence,
      arg_decision
    local state = redis.call("HMGET", write_state, "sequence", "bytes")
    local last = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
    local bytes = stored_integer(state[2], "write-state") or 0
    -- Type check only: WRONGTYPE must come before the first write.
    redis.call("ZCARD", write_dead)
    local member, record, stored = dead_member(write_dead_records, key, sequence)
    if not member then
      return "unknown"
    end
    local total = math.max(bytes - #stored, 0)

    if decision == "redrive" then
      local _, operation, _, value_at = write_of(record, "dead write")
      local number = next_number(last)
      local text = string.format("%d", number)
      local again = text .. "\t" .. operation .. "\t" .. key .. "\n" .. string.sub(record, value_at)
      local name = member == key and key or "\n" .. text
      -- Type check only: WRONGTYPE must come before the first write.
      redis.call("LLEN", write_queue)
      redis.call("HSET", write_values, name, again)
      redis.call("RPUSH", write_queue, name)
      redis.call("HSET", write_state, "sequence", text, "bytes", string.format("%d", total + #again))
    else
      redis.call("HSET", write_state, "bytes", string.format("%d", total))
    end
    redis.call("ZREM", write_dead, member)
    redis.call("HDEL", write_dead_records, member)
    return decision == "redrive" and "redriven" or "discarded"
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
  wrapper_keys = wrapper_keys + 5
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
