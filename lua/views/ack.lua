local stored_integer = require("lib.stored_integer")

--- Acknowledges a batch of views that is in the database: take no longer returns it.
---
---@version 1.0.0
---@param views_batch key.views_batch write
---@param views_sequence key.views_sequence read
---@param batch sequence as take returned it
---@return "acked"|"unknown" outcome acked: the batch is acknowledged, now or by an earlier call;
---   unknown: the number is above the latest batch
---@cost O(B), B the products of the batch
---@resend safe for ever, because numbers rise: a batch that was acknowledged before is "acked" again,
---   and nothing changes
---@role worker
---
---@example A batch is in the database.
---  given  HSET {views_batch} lamp 5
---  given  SET {views_sequence} 7
---  call   batch=7
---  reply  outcome=acked
---  then   EXISTS {views_batch} = 0
---@example An earlier batch was acknowledged before, and the batch in flight stays.
---  given  HSET {views_batch} lamp 5
---  given  SET {views_sequence} 7
---  call   batch=6
---  reply  outcome=acked
---  then   HGET {views_batch} lamp = 5
---@example A batch with a later number is unknown.
---  given  SET {views_sequence} 7
---  call   batch=8
---  reply  outcome=unknown
---@example A corrupt number is an error, and nothing is written.
---  given  SET {views_sequence} seventh
---  call   batch=7
---  error  CORRUPT views-sequence
local function ack(views_batch, views_sequence, batch)
  local last_batch = stored_integer(redis.call("GET", views_sequence), "views-sequence") or 0
  if batch < 1 or batch > last_batch then
    return "unknown"
  end
  if batch == last_batch then
    -- Type check only: WRONGTYPE must come before the first write, and DEL accepts every type.
    redis.call("HLEN", views_batch)
    redis.call("DEL", views_batch)
  end
  return "acked"
end

return ack
