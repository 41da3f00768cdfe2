local held_items = require("lib.expiry.held_items")
local keep_items = require("lib.expiry.keep_items")
local make_due = require("lib.expiry.make_due")
local now_ms = require("lib.now_ms")
local tracked_again = require("lib.expiry.tracked_again")

--- Moves items that a worker cannot process to the dead items, and stores the reason. They stay
--- there until they are redriven, discarded, tracked or cancelled.
---
--- An item that was tracked while it was claimed does not become dead. It begins a new life, as a dead
--- item that is tracked does: it is due at the time that track has stored, with no attempts.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param slot_queue key.slot_queue write
---@param claim_key key.claim write
---@param items id[] at most 100: the script ignores an item that the claim does not hold
---@param reason note why the worker cannot process them
---@return "dead_lettered"|"lost" outcome dead_lettered: the claim no longer has the items; lost: the
---   lease has ended, and nothing is changed
---@return id[]? again when dead_lettered: the items that are due again instead; a second run names
---   none
---@cost O(I log N), I the items of the claim, N the claimed and the dead items
---@oom runs workers must be able to continue; each reason takes up to 1000 bytes
---@resend safe in a second run the claim no longer holds the items, so it changes nothing; after the
---   lease it is "lost"
---@role worker
---
---@example An item becomes dead.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  reply  outcome=dead_lettered again=[]
---  then   ZCARD {processing} = 0
---  then   HGET {dead_reason} offer-1 = "no such offer"
---@example An item that was tracked while it was claimed is due again.
---  given  RPUSH {claim} 8000000000000 offer-1 offer-2
---  given  ZADD {processing} 8000000000000 offer-1 8000000000000 offer-2
---  given  HSET {attempts} offer-1 "5 again {now+60000}" offer-2 5
---  call   claim=run-1 items=["offer-1","offer-2"] reason="no such offer"
---  reply  outcome=dead_lettered again=["offer-1"]
---  again  outcome=dead_lettered again=[]
---  then   ZRANGE {due} 0 -1 WITHSCORES = offer-1 {now+60000}
---  then   ZRANGE {dead} 0 -1 = offer-2
---  then   HGETALL {attempts} = offer-1 0 offer-2 5
---@example A worker whose lease has ended cannot move an item.
---  given  RPUSH {claim} {now-1} offer-1
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  reply  outcome=lost
---@example A key of another type is an error, and nothing is written.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  given  SET {dead_reason} why
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  error  WRONGTYPE
local function dead_letter(due, processing, attempts, dead, reasons, slot_queue, claim_key, items, reason)
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  -- Type checks only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)
  if #held == 0 then
    return "dead_lettered", {}
  end

  -- at most 100 items
  local texts = redis.call("HMGET", attempts, unpack(held))
  local ended, again, instants, begun, first_ms = tracked_again(held, texts)
  if #again > 0 then
    redis.call("ZCARD", due)
    make_due(due, processing, attempts, slot_queue, instants, begun, first_ms)
  end
  local dead_since = string.format("%d", now)
  local times, whys = {}, {}
  -- at most 100 items
  for position, item in ipairs(ended) do
    times[2 * position - 1] = dead_since
    times[2 * position] = item
    whys[2 * position - 1] = item
    whys[2 * position] = reason
  end
  if #ended > 0 then
    -- moonpath-allow order/write-before-check: each time is that of Redis's clock
    -- at most 200 values
    redis.call("ZADD", dead, unpack(times))
    -- at most 200 values
    redis.call("HSET", reasons, unpack(whys))
  end
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  return "dead_lettered", again
end

return dead_letter
