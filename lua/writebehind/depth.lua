local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local write_of = require("lib.writebehind.write_of")

--- Counts the writes of a shard that are not in the database.
---
---@version 1.0.0
---@param write_queue key.write_queue read
---@param write_values key.write_values read
---@param write_batch key.write_batch read
---@param write_state key.write_state read
---@param write_dead key.write_dead read
---@param write_dead_records key.write_dead_records read
---@return write_count queued
---@return write_count in_flight in the batch that was taken and not acknowledged
---@return write_count dead
---@return write_bytes bytes of all these writes
---@return sequence sequence the latest change, for writebehind.purge
---@return attempt_count attempts of the batch in flight that have failed
---@return wait_ms? oldest_ms sometimes: the age of the oldest write in flight, or else of the oldest queued
---   one; a write that was replaced has the age of the first one
---@return wait_ms? retry_in_ms sometimes: until the next attempt of the batch in flight
---@return note? reason sometimes: why its last attempt has failed
---@cost O(1); without a batch in flight, plus the length of the oldest queued value
---@resend safe it only reads
---@role worker
---@many 20
---
---@example A queue with a batch that has failed.
---  given  RPUSH {write_queue} vase
---  given  HSET {write_values} vase "8\tw2\tvase\nfg"
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} sequence 8 bytes 24 batch 9 batch_first 7
---  given  HSET {write_state} attempts 1 retry_at_ms {now+60000} reason away
---  call
---  reply  queued=1 in_flight=1 dead=0 bytes=24 sequence=8 attempts=1 oldest_ms=~ retry_in_ms=~ reason=away
---@example An empty queue.
---  call
---  reply  queued=0 in_flight=0 dead=0 bytes=0 sequence=0 attempts=0
---@example With nothing queued and no dead write, the bytes are those of the batch in flight.
---  given  HSET {write_state} sequence 8 bytes 24 batch_bytes 0
---  call
---  reply  queued=0 in_flight=0 dead=0 bytes=0 sequence=8 attempts=0
---@example A queued value without its name is an error.
---  given  HSET {write_values} vase "8\tw2\tvase\nfg"
---  call
---  error  CORRUPT write-queue
---@example A dead write without its time is an error.
---  given  HSET {write_dead_records} vase "no such product\n8\tw2\tvase\nfg"
---  call
---  error  CORRUPT dead write
---@example A corrupt number is an error.
---  given  HSET {write_state} bytes many
---  call
---  error  CORRUPT write-state
local function depth(write_queue, write_values, write_batch, write_state, write_dead, write_dead_records)
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
    local name = redis.call("LINDEX", write_queue, 0)
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
    -- Numbers are Redis's clock in microseconds.
    oldest and math.max(now - math.floor(oldest / 1000), 0) or nil,
    is_waiting and retry_at_ms - now or nil,
    in_flight > 0 and reason and reason ~= "" and reason or nil
end

return depth
