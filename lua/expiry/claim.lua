local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- 10 minutes: the time within which a late copy of a call must change nothing.
local HORIZON_MS = 600000

--- Lists the items that a claim still holds: their lease ends with that of the claim.
local function still_held(processing, attempts, claim, lease_ends)
  local items = {}
  if #claim == 0 then
    return items
  end
  -- at most 251 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  -- at most 251 values
  local counts = redis.call("HMGET", attempts, unpack(claim))
  -- at most 251 values
  for position, item in ipairs(claim) do
    if position > 1 and tonumber(leases[position]) == lease_ends then
      local count = stored_integer(counts[position], "attempts") or 1
      items[#items + 1] = item
      items[#items + 1] = math.max(count, 1)
    end
  end
  return items
end

--- Reads when the next item is due or the next lease ends, and how long that is from now.
local function next_due(due, processing, now)
  local first_due = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
  local first_claimed = redis.call("ZRANGE", processing, "0", "0", "WITHSCORES")
  local due_ms = stored_integer(first_due[2] or false, "due")
  local lease_ends_ms = stored_integer(first_claimed[2] or false, "processing")
  if due_ms and lease_ends_ms then
    due_ms = math.min(due_ms, lease_ends_ms)
  end
  local next_ms = due_ms or lease_ends_ms
  return next_ms, next_ms and math.max(next_ms - now, 0)
end

--- Claims due items for a worker, until its lease ends.
---
--- Items whose lease has ended come first. All items come in the order of the instant at which they
--- were due, or at which the lease of their last worker ended. An item that a worker does not
--- acknowledge before its lease ends is claimed again, with one more attempt.
---
--- Redis remembers the name of the claim, so the same call never claims twice.
---
---@version 2.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param claim_key key.claim write
---@param limit item_limit the maximum number of items
---@param lease_ms ms how long the worker has the items
---@return "claimed"|"idle"|"ended" outcome claimed: the worker has the items; idle: nothing is due;
---   ended: a claim of this name was made before, and its lease has ended
---@return flat<claimed_item>? items when claimed: the claimed items
---@return epoch_ms? lease_ends_ms when claimed: when the worker loses them unless it acknowledges
---   or renews
---@return epoch_ms? next_due_ms sometimes when idle: the earliest instant at which an item is due
---   or a lease ends
---@return wait_ms? wait_ms sometimes when idle: from now until next_due_ms, by Redis's clock
---@cost O(limit * log N), N the tracked items
---@oom runs it moves at most 250 stored items, which their worker then removes
---@resend safe within 10 minutes after the lease, the same claim takes no other items: it returns
---   those that it still holds, or "ended", or "idle" again
---@role worker
---
---@example Due items are claimed, the earliest first.
---  given  ZADD {due} {now-2000} offer-2 {now-1000} offer-1 {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-2",1],["offer-1",1]] lease_ends_ms=*
---  then   ZCARD {due} = 1
---  then   LRANGE {claim} 1 -1 = offer-2 offer-1
---@example An item whose lease has ended is claimed again.
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-2 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",2]] lease_ends_ms=*
---  then   HGET {attempts} offer-1 = 2
---@example A claim takes at most limit items.
---  given  ZADD {due} {now-3} offer-1 {now-2} offer-2 {now-1} offer-3
---  call   claim=run-1 limit=2 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",1],["offer-2",1]] lease_ends_ms=*
---@example Nothing is due yet.
---  given  ZADD {due} {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=idle next_due_ms={now+60000} wait_ms=~
---  then   LRANGE {claim} 0 -1 = 0
---@example A claim whose lease has ended claims nothing more.
---  given  RPUSH {claim} {now-1} offer-1
---  given  ZADD {due} {now-1} offer-2
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=ended
---  then   ZCARD {due} = 1
---@example A corrupt count is an error, and nothing is written.
---  given  ZADD {due} {now-1000} offer-1
---  given  HSET {attempts} offer-1 often
---  call   claim=run-1 limit=10 lease_ms=30000
---  error  CORRUPT attempts
local function claim(due, processing, attempts, claim_key, limit, lease_ms)
  local now = now_ms()
  local now_text = string.format("%d", now)
  -- The end of the lease, then at most 250 items.
  local known = redis.call("LRANGE", claim_key, "0", "250")
  local known_end = stored_integer(known[1] or false, "end of a claim's lease")
  if known_end and known_end >= now then
    return "claimed", still_held(processing, attempts, known, known_end), known_end
  elseif known_end and known_end > 0 then
    return "ended"
  elseif known_end then
    return "idle", nil, nil, next_due(due, processing, now)
  end

  local names = redis.call("ZRANGE", processing, "-inf", "(" .. now_text, "BYSCORE", "LIMIT", 0, limit)
  local abandoned = #names
  local ready = redis.call("ZRANGE", due, "-inf", now_text, "BYSCORE", "LIMIT", 0, limit - abandoned)
  -- at most 250 items
  for _, name in ipairs(ready) do
    names[#names + 1] = name
  end
  if #names == 0 then
    local next_ms, wait_ms = next_due(due, processing, now)
    -- A late copy of this call must claim nothing, because nobody waits for its items.
    redis.call("RPUSH", claim_key, "0")
    redis.call("PEXPIRE", claim_key, HORIZON_MS)
    return "idle", nil, nil, next_ms, wait_ms
  end

  -- at most 250 items
  local counts = redis.call("HMGET", attempts, unpack(names))
  local lease_ends = now + lease_ms
  local ends_text = string.format("%d", lease_ends)
  local items, leases, raised = {}, {}, {}
  -- at most 250 items
  for position, name in ipairs(names) do
    local before = stored_integer(counts[position], "attempts") or 0
    if position <= abandoned then
      before = math.max(before, 1)
    end
    items[2 * position - 1] = name
    items[2 * position] = before + 1
    leases[2 * position - 1] = ends_text
    leases[2 * position] = name
    if before > 0 then
      raised[#raised + 1] = name
      raised[#raised + 1] = string.format("%d", before + 1)
    end
  end
  -- at most 500 values
  redis.call("ZADD", processing, unpack(leases))
  if #raised > 0 then
    -- at most 500 values
    redis.call("HSET", attempts, unpack(raised))
  end
  -- at most 250 items
  redis.call("RPUSH", claim_key, ends_text, unpack(names))
  redis.call("PEXPIREAT", claim_key, lease_ends + HORIZON_MS)
  if #ready > 0 then
    -- at most 250 items
    redis.call("ZREM", due, unpack(ready))
  end
  return "claimed", items, lease_ends
end

return claim
