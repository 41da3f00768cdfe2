#!lua flags=allow-oom
-- writebehind.ack 1.0.0. Generated from lua/writebehind/ack.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/writebehind/ack.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991
-- The upper bound of the type write_limit.
local MAX_WRITES = 100

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV < 2 then
  return { err = "ARGUMENT writebehind.ack expected 5 keys and at least 2 arguments" }
end
local arg_batch = tonumber(ARGV[1])
if not arg_batch or arg_batch < 0 or arg_batch > 9007199254740991 or arg_batch % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.ack batch: expected a whole number from 0 to 9007199254740991" }
end
local arg_refused = {}
do
  local wrapper_count = tonumber(ARGV[2])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT writebehind.ack refused: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 2 + 2 * wrapper_count then
    return { err = "ARGUMENT writebehind.ack expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_sequence = tonumber(ARGV[1 + 2 * index])
    if
      not field_sequence
      or field_sequence < 0
      or field_sequence > 9007199254740991
      or field_sequence % 1 ~= 0
    then
      return {
        err = "ARGUMENT writebehind.ack refused.sequence: expected a whole number from 0 to 9007199254740991",
      }
    end
    local field_reason = ARGV[2 + 2 * index]
    if field_reason == "" or #field_reason > 1000 then
      return { err = "ARGUMENT writebehind.ack refused.reason: expected 1 to 1000 bytes" }
    end
    arg_refused[index] = { sequence = field_sequence, reason = field_reason }
  end
end

--- Acknowledges a batch that is in the database: take no longer returns it.
do
  local write_values, write_batch, write_state, write_dead, write_dead_records, batch, refused =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_batch, arg_refused
  local state = redis.call("HMGET", write_state, "batch", "bytes", "batch_bytes", "sequence")
  local last_batch = stored_integer(state[1], "write-state") or 0
  if batch < 1 or batch > last_batch then
    return "unknown"
  end
  local field_count = redis.call("HLEN", write_batch)
  if batch < last_batch or field_count == 0 then
    return "acked"
  end
  local bytes = stored_integer(state[2], "write-state") or 0
  local batch_bytes = stored_integer(state[3], "write-state") or 0
  local sequence = stored_integer(state[4], "write-state", 0, MAX_SEQUENCE - 2)
  local total = math.max(bytes - batch_bytes, 0)

  if #refused > 0 then
    if field_count > MAX_WRITES + 1 then
      error({ err = "CORRUPT write-batch" })
    end
    local reasons = {}
    -- at most 100 writes
    for _, write in ipairs(refused) do
      -- Without control characters, the reason is one line.
      reasons[string.format("%d", write.sequence)] = string.gsub(write.reason, "%c", " ")
    end
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = string.format("%d", now_ms())
    local fields = redis.call("HGETALL", write_batch)
    local records, instants, count = {}, {}, 0
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
    -- at most 101 fields
    for position = 1, #fields, 2 do
      local member, record = fields[position], fields[position + 1]
      -- The field with the empty name is the number of the previous batch.
      local reason = member ~= "" and reasons[write_of(record, "write in flight")]
      if reason and redis.call("HEXISTS", write_values, member) == 0 then
        count = count + 1
        records[2 * count - 1], records[2 * count] = member, reason .. "\n" .. record
        instants[2 * count - 1], instants[2 * count] = now, member
        total = total + #records[2 * count]
      end
    end
    -- Type check only: WRONGTYPE must come before the first write.
    redis.call("HLEN", write_dead_records)
    redis.call("ZCARD", write_dead)
    if count > 0 then
      -- at most 200 texts
      redis.call("ZADD", write_dead, unpack(instants))
      -- at most 200 texts
      redis.call("HSET", write_dead_records, unpack(records))
      -- From lua/lib/next_number.lua:
      --- Returns a number above the last one, for fences and batches.
      local function next_number(last)
        local clock = redis.call("TIME")
        local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        return math.max(now_us, (last or 0) + 1)
      end
      -- A purge that was meant for the state before this one must not remove them.
      redis.call("HSET", write_state, "sequence", string.format("%d", next_number(sequence)))
    end
  end
  redis.call(
    "HSET",
    write_state,
    "bytes",
    string.format("%d", total),
    "batch_bytes",
    "0",
    "attempts",
    "0",
    "retry_at_ms",
    "0",
    "reason",
    ""
  )
  redis.call("DEL", write_batch)
  return "acked"
end
