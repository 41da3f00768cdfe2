local next_number = require("lib.next_number")
local stored_integer = require("lib.stored_integer")
local write_of = require("lib.writebehind.write_of")

-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991

--- Queues a write for a worker, which brings it to the database.
---
--- With `coalesce`, a queued write of the same key is replaced and keeps its place: the last value
--- wins. A write that a worker has taken stays as it is, and the new one is queued behind it. A dead
--- write of the key is removed, because its value is older. With `append`, each write is kept, and
--- writes of one key reach the database in their order.
---
---@version 1.0.0
---@param write_queue key.write_queue write
---@param write_values key.write_values write
---@param write_state key.write_state write
---@param write_dead key.write_dead write
---@param write_dead_records key.write_dead_records write
---@param write_operation key.write_operation write
---@param key id names what is written; one key is always in the same shard
---@param value write_value
---@param mode "coalesce"|"append"
---@param max_writes write_count the shard takes so many queued and dead writes
---@param max_bytes write_bytes the shard takes so many bytes, with the batch in flight
---@param flush_writes write_count when so many writes are queued, workers get a message
---@param remember_ms remember_ms how long the operation is remembered
---@return "queued"|"replaced"|"repeated"|"full" outcome queued: the write is new; replaced: it took the
---   place of a queued one; repeated: this operation has queued a write before, and nothing is changed;
---   full: there is no room, and nothing is changed
---@cost O(log N), N the dead writes, plus the length of the value
---@resend safe within remember_ms, because an operation is queued once; after that, the same call
---   queues a new write
---@many 32
---
---@example A write is queued.
---  call   key=lamp value="{}" mode=coalesce max_writes=10 max_bytes=1000 flush_writes=5 operation=w1
---         remember_ms=60000
---  reply  outcome=queued
---  again  outcome=repeated
---  then   LRANGE {write_queue} 0 -1 = lamp
---@example A queued write of the same key is replaced and keeps its number.
---  given  RPUSH {write_queue} lamp
---  given  HSET {write_values} lamp "7\tw0\tlamp\nold"
---  given  HSET {write_state} sequence 7 bytes 13
---  call   key=lamp value=new mode=coalesce max_writes=1 max_bytes=13 flush_writes=5 operation=w1
---         remember_ms=60000
---  reply  outcome=replaced
---  again  outcome=repeated
---  then   HGET {write_values} lamp = "7\tw1\tlamp\nnew"
---  then   LLEN {write_queue} = 1
---  then   HGET {write_state} bytes = 13
---@example Each appended write is kept.
---  given  RPUSH {write_queue} "\n7"
---  given  HSET {write_values} "\n7" "7\tw0\tday\none"
---  given  HSET {write_state} sequence 8000000000000000 bytes 12
---  call   key=day value=two mode=append max_writes=10 max_bytes=1000 flush_writes=5 operation=w1
---         remember_ms=60000
---  reply  outcome=queued
---  again  outcome=repeated
---  then   LRANGE {write_queue} 0 -1 = "\n7" "\n8000000000000001"
---@example The shard is full.
---  given  RPUSH {write_queue} vase
---  given  HSET {write_values} vase "7\tw0\tvase\nold"
---  given  HSET {write_state} sequence 7 bytes 13
---  call   key=lamp value=new mode=coalesce max_writes=1 max_bytes=1000 flush_writes=5 operation=w1
---         remember_ms=60000
---  reply  outcome=full
---@example With nothing queued and no dead write, the bytes are those of the batch in flight.
---  given  HSET {write_state} sequence 7 bytes 900 batch_bytes 12
---  call   key=lamp value=new mode=append max_writes=1 max_bytes=100 flush_writes=5 operation=w1
---         remember_ms=60000
---  reply  outcome=queued
---  again  outcome=repeated
---  then   HGET {write_state} bytes = 40
---@example A corrupt number is an error, and nothing is written.
---  given  HSET {write_state} sequence seventh
---  call   key=lamp value=new mode=coalesce max_writes=1 max_bytes=1000 flush_writes=5 operation=w1
---         remember_ms=60000
---  error  CORRUPT write-state
local function enqueue(
  write_queue,
  write_values,
  write_state,
  write_dead,
  write_dead_records,
  write_operation,
  key,
  value,
  mode,
  max_writes,
  max_bytes,
  flush_writes,
  remember_ms
)
  local state = redis.call("HMGET", write_state, "sequence", "bytes", "batch_bytes")
  local last = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
  local bytes = stored_integer(state[2], "write-state") or 0
  local batch_bytes = stored_integer(state[3], "write-state") or 0
  local dead_bytes = redis.call("HSTRLEN", write_dead_records, key)
  local old = redis.call("HGET", write_values, key)
  local writes = redis.call("LLEN", write_queue) + redis.call("ZCARD", write_dead)
  if writes == 0 then
    -- A repair may have left a wrong sum.
    bytes = batch_bytes
  end

  local new_sequence = next_number(last)
  local sequence = string.format("%d", new_sequence)
  local member = key
  if mode == "append" then
    -- No key has a line break, so this is no key.
    member, old, dead_bytes = "\n" .. sequence, false, 0
  elseif old then
    sequence = write_of(old, "queued write")
  end
  local operation = string.match(write_operation, "}:write%-operation:(.*)$")
  local record = sequence .. "\t" .. operation .. "\t" .. key .. "\n" .. value
  local total = math.max(bytes + #record - (old and #old or 0) - dead_bytes, 0)
  local has_room = old or writes - (dead_bytes > 0 and 1 or 0) < max_writes
  if not has_room or (total > max_bytes and total > bytes) then
    return redis.call("GET", write_operation) and "repeated" or "full"
  end

  if redis.call("SET", write_operation, "queued", "NX", "GET", "PX", remember_ms) then
    return "repeated"
  end
  redis.call("HSET", write_values, member, record)
  redis.call(
    "HSET",
    write_state,
    "sequence",
    string.format("%d", new_sequence),
    "bytes",
    string.format("%d", total)
  )
  if not old and redis.call("RPUSH", write_queue, member) == flush_writes then
    redis.call("PUBLISH", write_queue, "full")
  end
  if dead_bytes > 0 then
    redis.call("ZREM", write_dead, key)
    redis.call("HDEL", write_dead_records, key)
  end
  return old and "replaced" or "queued"
end

return enqueue
