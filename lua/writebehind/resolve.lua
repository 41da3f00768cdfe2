local dead_member = require("lib.writebehind.dead_member")
local next_number = require("lib.next_number")
local stored_integer = require("lib.stored_integer")
local write_of = require("lib.writebehind.write_of")

-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991

--- Queues a dead write again, at the end of the queue, or discards it.
---
--- A write that is queued again has a new number.
---
---@version 1.0.0
---@param write_queue key.write_queue write
---@param write_values key.write_values write
---@param write_state key.write_state write
---@param write_dead key.write_dead write
---@param write_dead_records key.write_dead_records write
---@param key id as writebehind.list_dead returned it
---@param sequence sequence as writebehind.list_dead returned it
---@param decision "redrive"|"discard"
---@return "redriven"|"discarded"|"unknown" outcome unknown: it is not dead any more
---@cost O(log N), N the dead writes, plus the length of the value
---@oom runs it moves a stored write, or removes it
---@resend safe a second run finds no dead write of this number
---@role worker
---@many 32
---
---@example A dead write is queued again.
---  given  ZADD {write_dead} 5 vase
---  given  HSET {write_dead_records} vase "no such product\n8\tw2\tvase\nfg"
---  given  HSET {write_state} sequence 8000000000000000 bytes 28
---  call   key=vase sequence=8 decision=redrive
---  reply  outcome=redriven
---  again  outcome=unknown
---  then   HGET {write_values} vase = "8000000000000001\tw2\tvase\nfg"
---  then   EXISTS {write_dead} {write_dead_records} = 0
---@example A dead write is discarded.
---  given  ZADD {write_dead} 5 vase
---  given  HSET {write_dead_records} vase "no such product\n8\tw2\tvase\nfg"
---  given  HSET {write_state} sequence 8 bytes 28
---  call   key=vase sequence=8 decision=discard
---  reply  outcome=discarded
---  again  outcome=unknown
---  then   HGET {write_state} bytes = 0
---@example A write with another number is not dead any more.
---  given  ZADD {write_dead} 5 vase
---  given  HSET {write_dead_records} vase "no such product\n9\tw2\tvase\nfg"
---  call   key=vase sequence=8 decision=discard
---  reply  outcome=unknown
---@example A corrupt number is an error, and nothing is written.
---  given  ZADD {write_dead} 5 vase
---  given  HSET {write_dead_records} vase "no such product\n8\tw2\tvase\nfg"
---  given  HSET {write_state} bytes many
---  call   key=vase sequence=8 decision=discard
---  error  CORRUPT write-state
local function resolve(
  write_queue,
  write_values,
  write_state,
  write_dead,
  write_dead_records,
  key,
  sequence,
  decision
)
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

return resolve
