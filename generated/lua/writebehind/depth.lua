#!lua flags=no-writes
-- writebehind.depth 1.0.0. Generated from lua/writebehind/depth.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 0 then
  return { err = "ARGUMENT writebehind.depth expected 6 keys and 0 arguments" }
end

-- From lua/writebehind/depth.lua:
--- Counts the writes of a shard that are not in the database.
do
  local write_queue, write_values, write_batch, write_state, write_dead, write_dead_records =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
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
    oldest = stored_integer((write_of(record, "queued write")), "queued write")
  end
  if queued + dead == 0 then
    -- A repair may have left a wrong sum.
    bytes = in_flight > 0 and batch_bytes or 0
  end

  local now = now_ms()
  local is_waiting = in_flight > 0 and retry_at_ms > now
  return {
    queued,
    in_flight,
    dead,
    bytes,
    sequence,
    attempts,
    oldest and math.max(now - math.floor(oldest / 1000), 0) or nil or false,
    is_waiting and retry_at_ms - now or nil or false,
    in_flight > 0 and reason and reason ~= "" and reason or nil,
  }
end
