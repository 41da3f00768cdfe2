local next_number = require("lib.next_number")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local write_of = require("lib.writebehind.write_of")

-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991
-- The upper bound of the type write_limit.
local MAX_WRITES = 100

--- Acknowledges a batch that is in the database: take no longer returns it.
---
--- Writes of the batch that the database has refused become dead, each with its reason, and wait for
--- an operator. A refused write whose key has a newer queued value is dropped instead, because it must
--- not come after that one.
---
---@version 1.0.0
---@param write_values key.write_values read
---@param write_batch key.write_batch write
---@param write_state key.write_state write
---@param write_dead key.write_dead write
---@param write_dead_records key.write_dead_records write
---@param batch sequence as take returned it
---@param refused refused_write[] at most 100: writes of this batch that are not in the database
---@return "acked"|"unknown" outcome acked: the batch is acknowledged, now or by an earlier call;
---   unknown: the number is above the latest batch
---@cost O(B + R log N), B the writes of the batch, R the refused and N the dead ones
---@oom runs refused writes are moved
---@resend safe for ever, because numbers rise: a batch that was acknowledged before is "acked" again,
---   and nothing changes
---@role worker
---
---@example A batch is in the database.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} sequence 7 batch 9 batch_bytes 12 bytes 12 attempts 2
---  call   batch=9 refused=[]
---  reply  outcome=acked
---  then   EXISTS {write_batch} = 0
---  then   HGET {write_state} bytes = 0
---@example An earlier batch was acknowledged before, and the batch in flight stays.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} sequence 7 batch 9 batch_bytes 12 bytes 12
---  call   batch=8 refused=[]
---  reply  outcome=acked
---  then   HLEN {write_batch} = 1
---@example A refused write becomes dead.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde" vase "8\tw2\tvase\nfg"
---  given  HSET {write_state} sequence 8 batch 9 batch_bytes 24 bytes 24
---  call   batch=9 refused=[[8,"no such product"]]
---  reply  outcome=acked
---  then   HGET {write_dead_records} vase = "no such product\n8\tw2\tvase\nfg"
---  then   ZCARD {write_dead} = 1
---  then   HGET {write_state} bytes = 28
---@example A refused write with a newer value is dropped.
---  given  HSET {write_batch} vase "8\tw2\tvase\nfg"
---  given  HSET {write_values} vase "9\tw3\tvase\nhi"
---  given  HSET {write_state} sequence 9 batch 9 batch_bytes 12 bytes 24
---  call   batch=9 refused=[[8,"no such product"]]
---  reply  outcome=acked
---  then   EXISTS {write_dead} = 0
---  then   HGET {write_state} bytes = 12
---@example A corrupt number is an error, and nothing is written.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} batch ninth
---  call   batch=9 refused=[]
---  error  CORRUPT write-state
local function ack(write_values, write_batch, write_state, write_dead, write_dead_records, batch, refused)
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
    local now = string.format("%d", now_ms())
    local fields = redis.call("HGETALL", write_batch)
    local records, instants, count = {}, {}, 0
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

return ack
