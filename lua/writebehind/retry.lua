local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Notes that an attempt to bring a batch to the database has failed, and when the next one may come.
---
---@version 1.0.0
---@param write_batch key.write_batch read
---@param write_state key.write_state write
---@param batch sequence as take returned it
---@param attempts attempt_count as take returned them
---@param delay_ms wait_ms until the next attempt
---@param reason note
---@return "noted"|"over" outcome over: the batch is acknowledged, or another worker has noted a failure
---   since
---@cost O(1)
---@oom runs the worker must be able to go on, because only it removes writes
---@resend safe a second run finds another number of attempts
---@role worker
---
---@example An attempt has failed.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} batch 9 attempts 2
---  call   batch=9 attempts=2 delay_ms=1000 reason="the database is away"
---  reply  outcome=noted
---  again  outcome=over
---  then   HMGET {write_state} attempts reason = 3 "the database is away"
---@example The batch was acknowledged meanwhile.
---  given  HSET {write_state} batch 9 attempts 0
---  call   batch=9 attempts=0 delay_ms=1000 reason="the database is away"
---  reply  outcome=over
---@example A corrupt number is an error, and nothing is written.
---  given  HSET {write_batch} lamp "7\tw1\tlamp\nde"
---  given  HSET {write_state} batch 9 attempts often
---  call   batch=9 attempts=0 delay_ms=1000 reason="the database is away"
---  error  CORRUPT write-state
local function retry(write_batch, write_state, batch, attempts, delay_ms, reason)
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  -- The upper bound of the type attempt_count.
  local MAX_ATTEMPTS = 9007199254740991
  local state = redis.call("HMGET", write_state, "batch", "attempts")
  local last_batch = stored_integer(state[1], "write-state")
  local made = stored_integer(state[2], "write-state", 0, MAX_ATTEMPTS - 1) or 0
  if redis.call("HLEN", write_batch) == 0 or batch ~= last_batch or attempts ~= made then
    return "over"
  end
  redis.call(
    "HSET",
    write_state,
    "attempts",
    string.format("%d", made + 1),
    "retry_at_ms",
    string.format("%d", math.min(now_ms() + delay_ms, MAX_EPOCH_MS)),
    "reason",
    reason
  )
  return "noted"
end

return retry
