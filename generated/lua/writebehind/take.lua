#!lua flags=allow-oom
-- writebehind.take 1.0.0. Generated from lua/writebehind/take.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/writebehind/take.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991
-- The upper bound of the type write_limit.
local MAX_WRITES = 100
-- In a batch, the field with the empty name holds the number of the previous batch. No key has an
-- empty name.
local PREVIOUS = ""

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 3 then
  return { err = "ARGUMENT writebehind.take expected 4 keys and 3 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.take limit: expected a whole number from 1 to 100" }
end
local arg_max_bytes = tonumber(ARGV[2])
if not arg_max_bytes or arg_max_bytes < 1 or arg_max_bytes > 16777216 or arg_max_bytes % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.take max_bytes: expected a whole number from 1 to 16777216" }
end
local arg_skip_delay = ARGV[3]
if arg_skip_delay == "" then
  arg_skip_delay = nil
else
  if arg_skip_delay ~= "1" and arg_skip_delay ~= "0" then
    return { err = "ARGUMENT writebehind.take skip_delay: expected 1 or 0" }
  end
  arg_skip_delay = arg_skip_delay == "1"
end

--- Takes a numbered batch of queued writes, for a worker that brings it to the database.
do
  local write_queue, write_values, write_batch, write_state, limit, max_bytes, skip_delay =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_limit, arg_max_bytes, arg_skip_delay
  local state = redis.call("HMGET", write_state, "batch", "attempts", "retry_at_ms")
  local batch = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
  local attempts = stored_integer(state[2], "write-state") or 0
  local retry_at_ms = stored_integer(state[3], "write-state") or 0
  local writes, values = {}, {}

  local field_count = redis.call("HLEN", write_batch)
  if field_count > 0 then
    if not batch then
      error({ err = "CORRUPT write-state" })
    end
    if field_count > MAX_WRITES + 1 then
      error({ err = "CORRUPT write-batch" })
    end
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local wait_ms = retry_at_ms - now_ms()
    if wait_ms > 0 and not skip_delay then
      return { "waiting", false, false, false, false, false, wait_ms }
    end
    local previous
    local taken = {}
    local fields = redis.call("HGETALL", write_batch)
    -- at most 101 fields
    for position = 1, #fields, 2 do
      local record = fields[position + 1]
      if fields[position] == PREVIOUS then
        previous = stored_integer(record, "write-batch")
      else
        local sequence, operation, key, value_at = write_of(record, "write in flight")
        taken[#taken + 1] = { tonumber(sequence), key, operation, string.sub(record, value_at) }
      end
    end
    if #taken == 0 then
      error({ err = "CORRUPT write-batch" })
    end
    table.sort(taken, function(one, other)
      return one[1] < other[1]
    end)
    -- at most 101 writes
    for position = 1, #taken do
      local write = taken[position]
      local at = 4 * position
      writes[at - 3], writes[at - 2], writes[at - 1], writes[at] = write[2], write[1], write[3], #write[4]
      values[position] = write[4]
    end
    return {
      "batch",
      batch or false,
      writes or false,
      table.concat(values) or false,
      attempts or false,
      previous,
    }
  end

  local queued = redis.call("LLEN", write_queue)
  if queued ~= redis.call("HLEN", write_values) then
    error({ err = "CORRUPT write-queue" })
  end
  if queued == 0 then
    return "empty"
  end
  local members = redis.call("LRANGE", write_queue, "0", limit - 1)
  local moved, names, is_taken, bytes = {}, {}, {}, 0
  -- at most 100 writes
  for position = 1, #members do
    local member = members[position]
    local record = redis.call("HGET", write_values, member)
    if not record or is_taken[member] then
      error({ err = "CORRUPT write-queue" })
    end
    if position > 1 and bytes + #record > max_bytes then
      break
    end
    bytes = bytes + #record
    local sequence, operation, key, value_at = write_of(record, "queued write")
    local at = 4 * position
    values[position] = string.sub(record, value_at)
    writes[at - 3], writes[at - 2], writes[at - 1], writes[at] =
      key, tonumber(sequence), operation, #values[position]
    names[position], is_taken[member] = member, true
    moved[2 * position - 1], moved[2 * position] = member, record
  end

  -- From lua/lib/next_number.lua:
  --- Returns a number above the last one, for fences and batches.
  local function next_number(last)
    local clock = redis.call("TIME")
    local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
    return math.max(now_us, (last or 0) + 1)
  end
  local new_batch = next_number(batch)
  local batch_first = string.format("%d", writes[2])
  -- The first write, because a user without the worker's rights may not run it.
  redis.call("LTRIM", write_queue, #names, "-1")
  redis.call(
    "HSET",
    write_state,
    "batch",
    string.format("%d", new_batch),
    "batch_bytes",
    string.format("%d", bytes),
    "batch_first",
    batch_first,
    "attempts",
    "0"
  )
  -- at most 200 texts
  redis.call("HSET", write_batch, unpack(moved))
  if batch then
    redis.call("HSET", write_batch, PREVIOUS, string.format("%d", batch))
  end
  -- at most 100 names
  redis.call("HDEL", write_values, unpack(names))
  return { "batch", new_batch or false, writes or false, table.concat(values) or false, 0, batch }
end
