local attempts_text = require("lib.expiry.attempts_text")
local held_items = require("lib.expiry.held_items")
local keep_items = require("lib.expiry.keep_items")
local make_due = require("lib.expiry.make_due")
local now_ms = require("lib.now_ms")
local stored_attempts = require("lib.expiry.stored_attempts")

-- The upper bound of the type epoch_ms.
local MAX_TIME = 8640000000000000

--- Makes items that a worker could not process due again after a delay.
---
--- The claim counts as an attempt, unless the worker did not try the items.
---
--- An item that was tracked while it was claimed is due at the time that track has stored, if that is
--- later. It keeps its attempts, so an item that always fails becomes dead.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param slot_queue key.slot_queue write
---@param claim_key key.claim write
---@param items id[] at most 100: the script ignores an item that the claim does not hold
---@param delay_ms ms from now until the items are due again
---@param untried flag? the worker did not try the items: this claim is not an attempt
---@return "returned"|"lost" outcome returned: the items are due again after the delay; lost: the
---   lease has ended, and nothing is changed
---@cost O(I log N), I the items of the claim, N the tracked items
---@oom runs it moves stored items
---@resend safe in a second run the claim no longer holds the items; it is "returned" again until
---   the lease ends, and "lost" after that
---@role worker
---
---@example An item is due again in a minute, and the claim was an attempt.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  reply  outcome=returned
---  then   ZCARD {processing} = 0
---  then   ZCARD {due} = 1
---  then   ZCARD {slot_queue} = 1
---  then   HGET {attempts} offer-1 = 1
---@example An item that was not tried has one attempt less.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  given  HSET {attempts} offer-1 3
---  call   claim=run-1 items=["offer-1"] delay_ms=1 untried=yes
---  reply  outcome=returned
---  then   HGET {attempts} offer-1 = 2
---@example An item that was tracked while it was claimed is due at the later time.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  given  HSET {attempts} offer-1 "2 again 8000000000001 since {now-500}"
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  reply  outcome=returned
---  then   ZSCORE {due} offer-1 = 8000000000001
---  then   HGET {attempts} offer-1 = "2 since {now-500}"
---@example A worker whose lease has ended cannot return an item.
---  given  RPUSH {claim} {now-1} offer-1
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  reply  outcome=lost
---@example A key of another type is an error, and nothing is written.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  given  SET {due} offer-1
---  call   claim=run-1 items=["offer-1"] delay_ms=60000
---  error  WRONGTYPE
local function retry(due, processing, attempts, slot_queue, claim_key, items, delay_ms, untried)
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  if #held == 0 then
    return "returned"
  end

  -- at most 100 items
  local texts = redis.call("HMGET", attempts, unpack(held))
  local due_ms = now + delay_ms
  local due_text = string.format("%d", due_ms)
  local first_ms = MAX_TIME
  local instants, changed = {}, {}
  -- at most 100 items
  for position, item in ipairs(held) do
    local stored, again_ms, since_ms = stored_attempts(texts[position])
    local count = math.max(stored or 0, 1) - (untried and 1 or 0)
    if again_ms or count ~= (stored or 0) then
      changed[#changed + 1] = item
      changed[#changed + 1] = attempts_text(count, nil, since_ms)
    end
    local later_ms = math.max(due_ms, again_ms or 0)
    first_ms = math.min(first_ms, later_ms)
    instants[2 * position - 1] = later_ms == due_ms and due_text or string.format("%d", later_ms)
    instants[2 * position] = item
  end
  make_due(due, processing, attempts, slot_queue, instants, changed, first_ms)
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  return "returned"
end

return retry
