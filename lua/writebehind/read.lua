local write_of = require("lib.writebehind.write_of")

--- Reads the newest value of a key that is not acknowledged yet: the queued one, or else the one in
--- flight. A cache asks for it before it asks the database.
---
--- Appended writes are not found: they are no values of their key. Dead writes are not either.
---
---@version 1.0.0
---@param write_values key.write_values read
---@param write_batch key.write_batch read
---@param key id
---@return "queued"|"in_flight"|"none" outcome
---@return write_value? value when queued|in_flight
---@return id? operation when queued|in_flight: as in the call that queued it
---@cost O(1), plus the length of the value
---@resend safe it only reads
---@many 64
---
---@example A queued value is newer than the one in flight.
---  given  HSET {write_values} lamp "8\tw2\tlamp\nnew"
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nold"
---  call   key=lamp
---  reply  outcome=queued value=new operation=w2
---@example A value that a worker has taken, and not acknowledged.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nold"
---  call   key=lamp
---  reply  outcome=in_flight value=old operation=w1
---@example Nothing is written behind.
---  call   key=lamp
---  reply  outcome=none
---@example A value without its first line is an error.
---  given  HSET {write_values} lamp new
---  call   key=lamp
---  error  CORRUPT queued write
local function read(write_values, write_batch, key)
  local queued = redis.call("HGET", write_values, key)
  if queued then
    local _, operation, _, value_at = write_of(queued, "queued write")
    return "queued", string.sub(queued, value_at), operation
  end
  local taken = redis.call("HGET", write_batch, key)
  if not taken then
    return "none"
  end
  local _, operation, _, value_at = write_of(taken, "write in flight")
  return "in_flight", string.sub(taken, value_at), operation
end

return read
