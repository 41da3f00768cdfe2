local claimed_items = require("lib.claimed_items")
local corrupt = require("lib.corrupt")
local earliest = require("lib.earliest")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE = ""
local MOST_ITEMS = 1000

--- Hands due items to a worker, which has them until its lease ends.
---
--- The earliest come first, by the instant at which they were due or their worker's lease was over. Nothing is lost with a
--- worker: what it does not acknowledge within its lease is handed out again, with one more attempt.
---
---@version 1.1.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param held key.claim write
---@param limit limit
---@param lease_ms ms how long the worker has the items
---@return "claimed"|"idle" outcome idle: nothing is due
---@return claimed_item[]? items when claimed
---@return epoch_ms? lease_ends_ms when claimed
---@return epoch_ms? next_due_ms sometimes when idle: the earliest instant at which an item is due or a lease is over
---@return wait_ms? wait_ms sometimes when idle: from now until next_due_ms, whatever the caller's clock says
---@cost O(limit * log N), N the tracked items
---@oom runs it moves what is stored already, at most 1000 items, so that they can leave
---@resend safe a claim whose lease runs is given the items that it still holds
---@role worker
---
---@example Due items are handed out, the earliest first.
---  given  ZADD {due} {now-2000} offer-2 {now-1000} offer-1 {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-2",1],["offer-1",1]] lease_ends_ms=*
---  then   ZCARD {due} = 1
---@example What a dead worker left is handed out again.
---  given  ZADD {processing} {now-1} offer-1
---  given  HSET {attempts} offer-1 1
---  call   claim=run-2 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",2]] lease_ends_ms=*
---@example A page at a time.
---  given  ZADD {due} {now-3} offer-1 {now-2} offer-2 {now-1} offer-3
---  call   claim=run-1 limit=2 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",1],["offer-2",1]] lease_ends_ms=*
---@example Nothing is due yet.
---  given  ZADD {due} {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=idle next_due_ms={now+60000} wait_ms=~
---@example A corrupt count is named, and nothing is written.
---  given  ZADD {due} {now-1000} offer-1
---  given  HSET {attempts} offer-1 often
---  call   claim=run-1 limit=10 lease_ms=30000
---  error  CORRUPT attempts
local function claim(due, processing, attempts, held, limit, lease_ms)
  local now = now_ms()

  local held_until = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
  if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  if held_until then
    -- Sent again. The lease's own member comes last: its score is an instant, the items' scores are positions.
    local names = redis.call("ZRANGE", held, 0, -2)
    if #names == 0 then
      return "claimed", {}, held_until
    end
    return "claimed", claimed_items(attempts, names, 0), held_until
  end

  local before_now = "(" .. string.format("%.0f", now)
  local left =
    redis.call("ZRANGE", processing, "-inf", before_now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local ready = redis.call("ZRANGE", due, "-inf", now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local names = earliest(left, ready, limit)
  if #names == 0 then
    local next_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
    local next_lease = redis.call("ZRANGE", processing, 0, 0, "WITHSCORES")
    local due_ms = stored_integer(next_due[2] or false, "due")
    local lease_ends_ms = stored_integer(next_lease[2] or false, "processing")
    if due_ms and lease_ends_ms then
      due_ms = math.min(due_ms, lease_ends_ms)
    end
    local next_ms = due_ms or lease_ends_ms
    return "idle", nil, nil, next_ms, next_ms and math.max(next_ms - now, 0)
  end

  local items = claimed_items(attempts, names, 1)
  local lease_ends = now + lease_ms
  -- at most 1000 items
  for position, claimed in ipairs(items) do
    redis.call("ZADD", processing, lease_ends, claimed.item)
    redis.call("HSET", attempts, claimed.item, claimed.attempts)
    redis.call("ZADD", held, position, claimed.item)
  end
  redis.call("ZREM", due, unpack(names))
  redis.call("ZADD", held, lease_ends, LEASE)
  redis.call("PEXPIREAT", held, lease_ends)
  return "claimed", items, lease_ends
end

return claim
