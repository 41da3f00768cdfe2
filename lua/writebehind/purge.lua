local stored_integer = require("lib.stored_integer")

--- Discards all queued and dead writes of a shard: they never reach the database.
---
--- The batch in flight stays, because the database may have it already. Name the number of
--- writebehind.depth: if the queue has changed since, nothing is discarded.
---
---@version 1.0.0
---@param write_queue key.write_queue write
---@param write_values key.write_values write
---@param write_state key.write_state write
---@param write_dead key.write_dead write
---@param write_dead_records key.write_dead_records write
---@param sequence sequence as writebehind.depth returned it
---@return "purged"|"changed" outcome changed: a write was queued or died since, and nothing is discarded
---@return write_count? queued when purged: the queued writes that are discarded
---@return write_count? dead when purged: the dead writes that are discarded
---@cost O(1), the server frees the memory in the background
---@oom runs it removes writes, and a number needs no memory
---@resend safe a second run finds no write of before, and each later write changes the number
---@role worker
---
---@example All writes are discarded, except the batch in flight.
---  given  RPUSH {write_queue} vase
---  given  HSET {write_values} vase "8\tw2\tvase\nfg"
---  given  HSET {write_state} sequence 8 bytes 36 batch_bytes 24
---  call   sequence=8
---  reply  outcome=purged queued=1 dead=0
---  again  outcome=purged queued=0 dead=0
---  then   EXISTS {write_queue} {write_values} = 0
---  then   HGET {write_state} bytes = 24
---@example The queue has changed.
---  given  RPUSH {write_queue} vase
---  given  HSET {write_values} vase "8\tw2\tvase\nfg"
---  given  HSET {write_state} sequence 9 bytes 12
---  call   sequence=8
---  reply  outcome=changed
---@example A corrupt number is an error, and nothing is discarded.
---  given  RPUSH {write_queue} vase
---  given  HSET {write_state} sequence eighth
---  call   sequence=8
---  error  CORRUPT write-state
local function purge(write_queue, write_values, write_state, write_dead, write_dead_records, sequence)
  local state = redis.call("HMGET", write_state, "sequence", "batch_bytes")
  local last = stored_integer(state[1], "write-state") or 0
  local batch_bytes = stored_integer(state[2], "write-state") or 0
  if last ~= sequence then
    return "changed"
  end
  -- The hashes have the writes, even if a list of names is lost.
  local queued = redis.call("HLEN", write_values)
  local dead = redis.call("HLEN", write_dead_records)
  -- Type check only: WRONGTYPE must come before the first write, and UNLINK accepts every type.
  redis.call("LLEN", write_queue)
  redis.call("ZCARD", write_dead)
  redis.call("HSET", write_state, "bytes", string.format("%d", batch_bytes))
  redis.call("UNLINK", write_queue)
  redis.call("UNLINK", write_values)
  redis.call("UNLINK", write_dead)
  redis.call("UNLINK", write_dead_records)
  return "purged", queued, dead
end

return purge
