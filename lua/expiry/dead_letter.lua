local held_items = require("lib.expiry.held_items")
local keep_items = require("lib.expiry.keep_items")
local now_ms = require("lib.now_ms")

--- Moves items that a worker cannot process to the dead items, and stores the reason. They stay
--- there until they are redriven, discarded, tracked or cancelled.
---
---@version 1.0.0
---@param processing key.processing write
---@param dead key.dead write
---@param reasons key.dead_reason write
---@param claim_key key.claim write
---@param items id[] at most 100: the script ignores an item that the claim does not hold
---@param reason note why the worker cannot process them
---@return "dead_lettered"|"lost" outcome dead_lettered: the items are dead; lost: the lease has
---   ended, and nothing is changed
---@cost O(I log N), I the items of the claim, N the claimed and the dead items
---@oom runs workers must be able to continue; each reason takes up to 1000 bytes
---@resend safe in a second run the claim no longer holds the items; it is "dead_lettered" again
---   until the lease ends, and "lost" after that
---@role worker
---
---@example An item becomes dead.
---  given  RPUSH {claim} 8000000000000 offer-1
---  given  ZADD {processing} 8000000000000 offer-1
---  call   claim=run-1 items=["offer-1"] reason="no such offer"
---  reply  outcome=dead_lettered
---  then   ZCARD {processing} = 0
---  then   HGET {dead_reason} offer-1 = "no such offer"
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
local function dead_letter(processing, dead, reasons, claim_key, items, reason)
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)
  if #held == 0 then
    return "dead_lettered"
  end

  local dead_since = string.format("%d", now)
  local instants, whys = {}, {}
  -- at most 100 items
  for position, item in ipairs(held) do
    instants[2 * position - 1] = dead_since
    instants[2 * position] = item
    whys[2 * position - 1] = item
    whys[2 * position] = reason
  end
  -- at most 200 values
  redis.call("ZADD", dead, unpack(instants))
  -- at most 200 values
  redis.call("HSET", reasons, unpack(whys))
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  return "dead_lettered"
end

return dead_letter
