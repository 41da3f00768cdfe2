local claimed_items = require("lib.expiry.claimed_items")
local corrupt = require("lib.corrupt")
local merge_by_score = require("lib.expiry.merge_by_score")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE = ""
-- The upper bound of the type limit.
local MAX_ITEMS = 1000

--- Claims due items for a worker, until its lease ends.
---
--- Items come in the order of the instant at which they were due, or at which the lease of their
--- last worker ended. An item that a worker does not acknowledge before its lease ends is claimed
--- again, with one more attempt.
---
---@version 1.1.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param claim_key key.claim write
---@param limit limit the maximum number of items
---@param lease_ms ms how long the worker has the items
---@return "claimed"|"idle" outcome claimed: the worker has the items; idle: nothing is due
---@return claimed_item[]? items when claimed: the claimed items
---@return epoch_ms? lease_ends_ms when claimed: when the worker loses them unless it acknowledges
---   or renews
---@return epoch_ms? next_due_ms sometimes when idle: the earliest instant at which an item is due
---   or a lease ends
---@return wait_ms? wait_ms sometimes when idle: from now until next_due_ms, by Redis's clock
---@cost O(limit * log N), N the tracked items
---@oom runs it moves at most 1000 stored items, which their worker then removes
---@resend safe a claim whose lease has not ended returns the items that it still holds
---@role worker
---
---@example Due items are claimed, the earliest first.
---  given  ZADD {due} {now-2000} offer-2 {now-1000} offer-1 {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-2",1],["offer-1",1]] lease_ends_ms=*
---  then   ZCARD {due} = 1
---@example An item whose lease has ended is claimed again.
---  given  ZADD {processing} {now-1} offer-1
---  given  HSET {attempts} offer-1 1
---  call   claim=run-2 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",2]] lease_ends_ms=*
---@example A claim takes at most limit items.
---  given  ZADD {due} {now-3} offer-1 {now-2} offer-2 {now-1} offer-3
---  call   claim=run-1 limit=2 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",1],["offer-2",1]] lease_ends_ms=*
---@example Nothing is due yet.
---  given  ZADD {due} {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=idle next_due_ms={now+60000} wait_ms=~
---@example A corrupt count is an error, and nothing is written.
---  given  ZADD {due} {now-1000} offer-1
---  given  HSET {attempts} offer-1 often
---  call   claim=run-1 limit=10 lease_ms=30000
---  error  CORRUPT attempts
local function claim(due, processing, attempts, claim_key, limit, lease_ms)
  local now = now_ms()

  local held_until = stored_integer(redis.call("ZSCORE", claim_key, LEASE), "end of a claim's lease")
  if redis.call("ZCARD", claim_key) > MAX_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  if held_until then
    -- The same call was sent before. The member of the lease comes last, because its score is an
    -- instant and the scores of items are positions.
    local names = redis.call("ZRANGE", claim_key, 0, -2)
    if #names == 0 then
      return "claimed", {}, held_until
    end
    return "claimed", claimed_items(attempts, names, 0), held_until
  end

  local before_now = "(" .. string.format("%.0f", now)
  local abandoned =
    redis.call("ZRANGE", processing, "-inf", before_now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local ready = redis.call("ZRANGE", due, "-inf", now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local names = merge_by_score(abandoned, ready, limit)
  if #names == 0 then
    local first_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
    local first_claimed = redis.call("ZRANGE", processing, 0, 0, "WITHSCORES")
    local due_ms = stored_integer(first_due[2] or false, "due")
    local lease_ends_ms = stored_integer(first_claimed[2] or false, "processing")
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
    redis.call("ZADD", claim_key, position, claimed.item)
  end
  redis.call("ZREM", due, unpack(names))
  redis.call("ZADD", claim_key, lease_ends, LEASE)
  redis.call("PEXPIREAT", claim_key, lease_ends)
  return "claimed", items, lease_ends
end

return claim
