#!lua flags=no-writes
-- writebehind.depth 1.0.0. Generated from lua/writebehind/depth.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 20 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 6
if wrapper_calls < 1 or wrapper_calls > 20 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT writebehind.depth expected 1 to 20 calls, each with 6 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/writebehind/depth.lua:
  --- Counts the writes of a shard that are not in the database.
  do
    local write_queue, write_values, write_batch, write_state, write_dead, write_dead_records =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6]
    local state = redis.call(
      "HMGET",
      write_state,
      "sequence",
      "bytes",
      "batch_bytes",
      "attempts",
      "retry_at_ms",
      "reason",
      "batch",
      "batch_first"
    )
    local sequence = stored_integer(state[1], "write-state") or 0
    local bytes = stored_integer(state[2], "write-state") or 0
    local batch_bytes = stored_integer(state[3], "write-state") or 0
    local attempts = stored_integer(state[4], "write-state") or 0
    local retry_at_ms = stored_integer(state[5], "write-state") or 0
    local reason = state[6]
    -- After a repair, the number of the batch is near that of its first write.
    local batch_first = stored_integer(state[8] or state[7], "write-state")
    local queued = redis.call("LLEN", write_queue)
    if queued ~= redis.call("HLEN", write_values) then
      error({ err = "CORRUPT write-queue" })
    end
    local dead = redis.call("ZCARD", write_dead)
    if dead ~= redis.call("HLEN", write_dead_records) then
      error({ err = "CORRUPT dead write" })
    end
    -- The field with the empty name is the number of the previous batch.
    local in_flight = redis.call("HLEN", write_batch) - redis.call("HEXISTS", write_batch, "")

    local oldest
    if in_flight > 0 then
      if not batch_first then
        error({ err = "CORRUPT write-state" })
      end
      oldest = batch_first
    elseif queued > 0 then
      local name = redis.call("LINDEX", write_queue, "0")
      local record = name and redis.call("HGET", write_values, name)
      if not record then
        error({ err = "CORRUPT write-queue" })
      end
      oldest = stored_integer((write_of(record, "queued write")), "queued write")
    end
    if queued + dead == 0 then
      -- A repair may have left a wrong sum.
      bytes = in_flight > 0 and batch_bytes or 0
    end

    local now = now_ms()
    local is_waiting = in_flight > 0 and retry_at_ms > now
    return queued,
      in_flight,
      dead,
      bytes,
      sequence,
      attempts,
      oldest and math.max(now - math.floor(oldest / 1000), 0) or nil or false,
      is_waiting and retry_at_ms - now or nil or false,
      in_flight > 0 and reason and reason ~= "" and reason or nil
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
-- all calls as a flat list in MessagePack, 9 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6, reply_7, reply_8, reply_9 =
    xpcall(wrapper_call, wrapper_failed)
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
  wrapper_values[wrapper_at + 7] = reply_7 or false
  wrapper_values[wrapper_at + 8] = reply_8 or false
  wrapper_values[wrapper_at + 9] = reply_9 or false
  wrapper_at = wrapper_at + 9
  wrapper_keys = wrapper_keys + 6
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
