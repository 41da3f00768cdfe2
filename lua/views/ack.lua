local stored_integer = require("lib.stored_integer")

--- Tells that a batch of views is in the database, so that it is not given again.
---
---@version 1.0.0
---@param taken key.views_batch write
---@param latest key.views_sequence read
---@param batch sequence as taken
---@return "acked"|"unknown" outcome unknown: above the latest number
---@cost O(B), B the products of the batch
---@resend safe a batch that was acknowledged before is "acked" again
---@role worker
---
---@example A batch is in the database.
---  given  HSET {views_batch} lamp 5
---  given  SET {views_sequence} 7
---  call   batch=7
---  reply  outcome=acked
---  then   EXISTS {views_batch} = 0
---@example An earlier batch was acknowledged before, and the one in hand stays.
---  given  HSET {views_batch} lamp 5
---  given  SET {views_sequence} 7
---  call   batch=6
---  reply  outcome=acked
---  then   HGET {views_batch} lamp = 5
---@example A batch to come is unknown.
---  given  SET {views_sequence} 7
---  call   batch=8
---  reply  outcome=unknown
---@example A corrupt number is named, and nothing is written.
---  given  SET {views_sequence} seventh
---  call   batch=7
---  error  CORRUPT views-sequence
local function ack(taken, latest, batch)
  local current = stored_integer(redis.call("GET", latest), "views-sequence") or 0
  -- Asked for its type alone: DEL would take any.
  redis.call("HLEN", taken)
  if batch < 1 or batch > current then
    return "unknown"
  end
  if batch == current then
    redis.call("DEL", taken)
  end
  return "acked"
end

return ack
