local earlier_due = require("lib.expiry.earlier_due")
local held_items = require("lib.expiry.held_items")
local keep_items = require("lib.expiry.keep_items")
local note_due = require("lib.expiry.note_due")
local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")

--- Makes items that a worker could not process due again after a delay.
---
--- The claim counts as an attempt, unless the worker did not try the items.
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
  local counts = redis.call("HMGET", attempts, unpack(held))
  local due_ms = now + delay_ms
  local due_text = string.format("%d", due_ms)
  local member = slot_member(due)
  local earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
  local instants, changed = {}, {}
  -- at most 100 items
  for position, item in ipairs(held) do
    local stored = stored_integer(counts[position], "attempts") or 0
    local count = math.max(stored, 1) - (untried and 1 or 0)
    if count ~= stored then
      changed[#changed + 1] = item
      changed[#changed + 1] = string.format("%d", count)
    end
    instants[2 * position - 1] = due_text
    instants[2 * position] = item
  end
  -- at most 200 values
  redis.call("ZADD", due, unpack(instants))
  if earlier_ms then
    note_due(slot_queue, member, earlier_ms)
  end
  if #changed > 0 then
    -- at most 200 values
    redis.call("HSET", attempts, unpack(changed))
  end
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  return "returned"
end

return retry
