local next_number = require("lib.next_number")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local write_of = require("lib.writebehind.write_of")

-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991
-- The upper bound of the type write_limit.
local MAX_WRITES = 100
-- In a batch, the field with the empty name holds the number of the previous batch. No key has an
-- empty name.
local PREVIOUS = ""

--- Takes a numbered batch of queued writes, for a worker that brings it to the database.
---
--- The script returns a batch again until it is acknowledged, with the same number and the same
--- writes. So the database can detect a batch that it has already. Each batch has the number of the
--- previous one, and the next one begins after it is acknowledged. So no batch overwrites a later one.
---
---@version 1.0.0
---@param write_queue key.write_queue write
---@param write_values key.write_values write
---@param write_batch key.write_batch write
---@param write_state key.write_state write
---@param limit write_limit the maximum number of writes in a new batch
---@param max_bytes batch_bytes a new batch ends before it is larger, unless its first write is
---@param skip_delay flag? yes: also before the time of the next attempt
---@return "batch"|"waiting"|"empty" outcome batch: a batch of writes; waiting: the batch in flight has
---   failed, and its next attempt comes later; empty: nothing is queued
---@return sequence? batch when batch: its number
---@return flat<queued_write>? writes when batch: in their order
---@return batch_values? values when batch: the bytes of all values, one after another
---@return attempt_count? attempts when batch: the attempts that have failed
---@return sequence? previous sometimes when batch: the number of the previous batch; absent for the
---   first one
---@return wait_ms? retry_in_ms when waiting
---@cost O(limit), plus the length of the values
---@oom runs it moves stored writes, which the worker then removes
---@resend safe a batch is returned until it is acknowledged; a late call may begin the next batch,
---   which the next call returns
---@role worker
---
---@example Queued writes are taken in their order.
---  given  RPUSH {write_queue} lamp vase
---  given  HSET {write_values} vase "8\tw2\tvase\nabc" lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} batch 8000000000000000 sequence 8 bytes 25
---  call   limit=10 max_bytes=1000
---  reply  outcome=batch batch=8000000000000001 writes=[["lamp",7,"w1",2],["vase",8,"w2",3]]
---         values=deabc attempts=0 previous=8000000000000000
---  then   EXISTS {write_queue} {write_values} = 0
---@example A batch that was not acknowledged is returned again.
---  given  RPUSH {write_queue} vase
---  given  HSET {write_values} vase "8\tw2\tvase\nabc"
---  given  HSET {write_batch} "" 6 lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} batch 9 attempts 2 retry_at_ms {now-1}
---  call   limit=10 max_bytes=1000
---  reply  outcome=batch batch=9 writes=[["lamp",7,"w1",2]] values=de attempts=2 previous=6
---@example A batch that has failed waits for its next attempt.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} batch 9 attempts 2 retry_at_ms {now+60000}
---  call   limit=10 max_bytes=1000
---  reply  outcome=waiting retry_in_ms=~
---@example Nothing is queued.
---  call   limit=10 max_bytes=1000
---  reply  outcome=empty
---@example A queued value without its name is an error.
---  given  HSET {write_values} lamp "7\tw1\tlamp\nde"
---  call   limit=10 max_bytes=1000
---  error  CORRUPT write-queue
---@example A batch whose number is lost is an error, and nothing is taken.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  call   limit=10 max_bytes=1000
---  error  CORRUPT write-state
local function take(write_queue, write_values, write_batch, write_state, limit, max_bytes, skip_delay)
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
    local wait_ms = retry_at_ms - now_ms()
    if wait_ms > 0 and not skip_delay then
      return "waiting", nil, nil, nil, nil, nil, wait_ms
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
    return "batch", batch, writes, table.concat(values), attempts, previous
  end

  local queued = redis.call("LLEN", write_queue)
  if queued ~= redis.call("HLEN", write_values) then
    error({ err = "CORRUPT write-queue" })
  end
  if queued == 0 then
    return "empty"
  end
  local members = redis.call("LRANGE", write_queue, 0, limit - 1)
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

  local new_batch = next_number(batch)
  local batch_first = string.format("%d", writes[2])
  -- The first write, because a user without the worker's rights may not run it.
  redis.call("LTRIM", write_queue, #names, -1)
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
  return "batch", new_batch, writes, table.concat(values), 0, batch
end

return take
