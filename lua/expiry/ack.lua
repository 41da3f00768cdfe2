local held_items = require("lib.expiry.held_items")
local keep_items = require("lib.expiry.keep_items")
local make_due = require("lib.expiry.make_due")
local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local tracked_again = require("lib.expiry.tracked_again")

--- Acknowledges items that a worker has processed: no worker gets them again.
---
--- An item that was tracked while it was claimed is due again at the time that track has stored, with
--- no attempts.
---
--- If the lease has ended, another worker may have the items, and the script acknowledges none. If
--- these were the last items of the shard, it leaves the index of the slot.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param dead key.dead read
---@param slot_queue key.slot_queue write
---@param claim_key key.claim write
---@param items id[] at most 100: the script ignores an item that the claim does not hold
---@return "acked"|"lost" outcome acked: this claim has processed the items; lost: the lease has
---   ended, and nothing is changed
---@cost O(I log N), I the items of the claim, N the claimed items
---@oom runs it removes or moves items; the names that the claim keeps were stored before
---@resend safe in a second run the claim no longer holds the items; it is "acked" again until the
---   lease ends, and "lost" after that
---@role worker
---
---@example A worker has processed its item.
---  given  RPUSH {claim} 8000000000000 offer-1 offer-2
---  given  ZADD {processing} 8000000000000 offer-1 8000000000000 offer-2
---  given  HSET {attempts} offer-1 2 offer-2 2
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=acked
---  then   ZRANGE {processing} 0 -1 = offer-2
---  then   HGETALL {attempts} = offer-2 2
---  then   LRANGE {claim} 0 -1 = 8000000000000 offer-2
---@example An item that was tracked while it was claimed is due again, once.
---  given  RPUSH {claim} 8000000000000 offer-1 offer-2
---  given  ZADD {processing} 8000000000000 offer-1 8000000000000 offer-2
---  given  HSET {attempts} offer-1 "2 again {now+60000}" offer-2 "1 again {now+90000} since {now-500}"
---  call   claim=run-1 items=["offer-1","offer-2"]
---  reply  outcome=acked
---  then   ZRANGE {due} 0 -1 WITHSCORES = offer-1 {now+60000} offer-2 {now+90000}
---  then   HGETALL {attempts} = offer-1 0 offer-2 "0 since {now-500}"
---  then   ZRANGE {slot_queue} 0 -1 WITHSCORES = example:queue:queue_shard {now+60000}
---@example A shard without other items leaves the index of its slot.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  given  ZADD {slot_queue} 8000000000000 example:queue:queue_shard 5 acme:queue:7
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=acked
---  then   ZRANGE {slot_queue} 0 -1 = acme:queue:7
---@example A worker whose lease has ended cannot acknowledge.
---  given  RPUSH {claim} {now-1} offer-1
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=lost
---@example An item that another worker has claimed since stays claimed.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000001 offer-1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=acked
---  then   ZCARD {processing} = 1
---@example A claim that does not exist is lost.
---  given  ZADD {processing} {now+30000} offer-1
---  call   claim=run-1 items=["offer-1"]
---  reply  outcome=lost
---@example A key of another type is an error, and nothing is written.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  given  SET {attempts} many
---  call   claim=run-1 items=["offer-1"]
---  error  WRONGTYPE
local function ack(due, processing, attempts, dead, slot_queue, claim_key, items)
  local held, others = held_items(claim_key, processing, items, now_ms())
  if not held then
    return "lost"
  elseif #held == 0 then
    -- Type check only, as with items.
    redis.call("HLEN", attempts)
    return "acked"
  end

  -- at most 100 items
  local texts = redis.call("HMGET", attempts, unpack(held))
  local ended, again, instants, begun, first_ms = tracked_again(held, texts)
  if #again > 0 then
    -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
    redis.call("ZCARD", due)
    make_due(due, processing, attempts, slot_queue, instants, begun, first_ms)
  elseif
    -- Otherwise a worker would claim once more, when the lease would have ended.
    redis.call("ZCARD", processing) == #held
    and redis.call("ZCARD", due) == 0
    and redis.call("ZCARD", dead) == 0
  then
    redis.call("ZREM", slot_queue, slot_member(due))
  end
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  if #ended > 0 then
    -- at most 100 items
    redis.call("HDEL", attempts, unpack(ended))
  end
  return "acked"
end

return ack
