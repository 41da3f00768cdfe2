local attempts_text = require("lib.expiry.attempts_text")
local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stored_attempts = require("lib.expiry.stored_attempts")
local stored_integer = require("lib.stored_integer")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Lists the items that a claim still holds: their lease ends with that of the claim.
local function still_held(processing, attempts, claim, lease_ends)
  local items = {}
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  -- at most 101 values
  local counts = redis.call("HMGET", attempts, unpack(claim))
  -- at most 101 values
  for position, item in ipairs(claim) do
    if position > 1 and tonumber(leases[position]) == lease_ends then
      local count = stored_attempts(counts[position])
      items[#items + 1] = item
      items[#items + 1] = math.max(count or 1, 1)
    end
  end
  return items
end

--- Reads when the shard is due again: the earliest time of an item, or end of a lease. With
--- `max_age_ms`, a dead item that is too old is due as well. It skips the items of this call.
local function next_due(due, processing, dead, ready, abandoned, max_age_ms)
  local item = redis.call("ZRANGE", due, ready, ready, "WITHSCORES")
  local leased = redis.call("ZRANGE", processing, abandoned, abandoned, "WITHSCORES")
  local next_ms = stored_integer(item[2] or false, "due")
  local ends_ms = stored_integer(leased[2] or false, "processing")
  if ends_ms and (not next_ms or ends_ms < next_ms) then
    next_ms = ends_ms
  end
  if max_age_ms then
    local oldest = redis.call("ZRANGE", dead, 0, 0, "WITHSCORES")
    local since_ms = stored_integer(oldest[2] or false, "instant of a dead item")
    -- An item is too old when its age is more than max_age_ms.
    if since_ms and (not next_ms or since_ms + max_age_ms < next_ms) then
      next_ms = since_ms + max_age_ms + 1
    end
  end
  return next_ms
end

--- Selects the items that a claim takes. It leaves out those whose worker died and for which track has
--- noted a time that has not come. They are due then, with their attempts, as after a retry.
local function takeable(names, counts, abandoned, now)
  local taken, taken_counts, later, later_names, first_ms = {}, {}, {}, {}, nil
  -- at most 100 items
  for position, name in ipairs(names) do
    local count, again_ms, since_ms = stored_attempts(counts[position])
    if position <= abandoned and again_ms and again_ms > now then
      local text = attempts_text(math.max(count or 0, 1), nil, since_ms)
      later[#later + 1] = { name = name, due = string.format("%d", again_ms), text = text }
      later_names[#later_names + 1] = name
      first_ms = math.min(first_ms or again_ms, again_ms)
    else
      taken[#taken + 1] = name
      taken_counts[#taken] = counts[position]
    end
  end
  return taken, taken_counts, later, later_names, first_ms
end

--- Claims due items for a worker, until its lease ends.
---
--- Items whose lease has ended come first. All items come in the order of the instant at which they
--- were due, or at which the lease of their last worker ended. An item that a worker does not
--- acknowledge before its lease ends is claimed again, with one more attempt.
---
--- If track was called for an item whose worker has died, the latest call decides. When its time has
--- come, this claim serves it. Otherwise the item is due at that time, with its attempts, and this claim
--- does not take it. So a claimed reply may have no items.
---
--- The script sets when the shard is due again in the index of its slot, or removes it there. Redis
--- remembers the name of the claim, so the same call never claims twice. Give each claim a new name,
--- such as a UUID. If a later claim had the same name, a late call for the old one would act on the
--- items of the new one.
---
---@version 1.0.0
---@param due key.due write
---@param processing key.processing write
---@param attempts key.attempts write
---@param dead key.dead read
---@param slot_queue key.slot_queue write
---@param claim_key key.claim write
---@param limit item_limit the maximum number of items
---@param lease_ms ms how long the worker has the items
---@param dead_max_age_ms ms? the shard is also due when a dead item is older, so that the worker
---   discards it
---@return "claimed"|"idle"|"ended" outcome claimed: the worker has the items; idle: nothing is due;
---   ended: a claim of this name was made before, and its lease has ended
---@return flat<claimed_item>? items when claimed: the claimed items
---@return epoch_ms? lease_ends_ms when claimed: when the worker loses them unless it acknowledges
---   or renews
---@return epoch_ms? next_due_ms sometimes when claimed|idle: the earliest instant at which the shard
---   is due again; absent when a claimed reply is repeated, or the shard is empty
---@return wait_ms? wait_ms sometimes when claimed|idle: from now until next_due_ms, by Redis's clock;
---   0: more is due
---@cost O(limit * log N), N the tracked items
---@oom runs it moves at most 100 stored items, which their worker then removes
---@resend safe within 10 minutes after the lease, the same claim takes no other items: it returns
---   those that it still holds, or "ended", or "idle" again
---@role worker
---
---@example Due items are claimed, the earliest first.
---  given  ZADD {due} {now-2000} offer-2 {now-1000} offer-1 {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-2",1],["offer-1",1]] lease_ends_ms=* next_due_ms=~ wait_ms=~
---  again  outcome=claimed items=[["offer-2",1],["offer-1",1]] lease_ends_ms=*
---  then   ZCARD {due} = 1
---  then   ZRANGE {slot_queue} 0 -1 = example:queue:queue_shard
---  then   LRANGE {claim} 1 -1 = offer-2 offer-1
---@example An item whose lease has ended is claimed again.
---  given  ZADD {processing} {now-1} offer-1
---  call   claim=run-2 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",2]] lease_ends_ms=* next_due_ms=~ wait_ms=~
---  again  outcome=claimed items=[["offer-1",2]] lease_ends_ms=*
---  then   HGET {attempts} offer-1 = 2
---@example A run that begins after the last call of track serves it.
---  given  ZADD {due} {now-1} offer-1
---  given  ZADD {processing} {now-2} offer-2
---  given  HSET {attempts} offer-1 "0 since {now-500}" offer-2 "1 again {now-1}"
---  call   claim=run-2 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[["offer-2",2],["offer-1",1]] lease_ends_ms=* next_due_ms=~ wait_ms=~
---  again  outcome=claimed items=[["offer-2",2],["offer-1",1]] lease_ends_ms=*
---  then   HGETALL {attempts} = offer-1 1 offer-2 2
---@example An item whose worker died is due at the later time that track has stored since.
---  given  ZADD {processing} {now-1} offer-1
---  given  HSET {attempts} offer-1 "1 again {now+60000} since {now-500}"
---  call   claim=run-2 limit=10 lease_ms=30000
---  reply  outcome=claimed items=[] lease_ends_ms=* next_due_ms={now+60000} wait_ms=~
---  again  outcome=claimed items=[] lease_ends_ms=*
---  then   ZRANGE {due} 0 -1 WITHSCORES = offer-1 {now+60000}
---  then   HGET {attempts} offer-1 = "1 since {now-500}"
---  then   EXISTS {processing} = 0
---@example A claim takes at most limit items.
---  given  ZADD {due} {now-3} offer-1 {now-2} offer-2 {now-1} offer-3
---  call   claim=run-1 limit=2 lease_ms=30000
---  reply  outcome=claimed items=[["offer-1",1],["offer-2",1]] lease_ends_ms=* next_due_ms={now-1} wait_ms=0
---  again  outcome=claimed items=[["offer-1",1],["offer-2",1]] lease_ends_ms=*
---  then   ZRANGE {slot_queue} 0 -1 WITHSCORES = example:queue:queue_shard {now-1}
---@example Nothing is due yet.
---  given  ZADD {due} {now+60000} offer-3
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=idle next_due_ms={now+60000} wait_ms=~
---  then   LRANGE {claim} 0 -1 = 0
---  then   ZSCORE {slot_queue} example:queue:queue_shard = {now+60000}
---@example An empty shard leaves the index of its slot.
---  given  ZADD {slot_queue} {now-1} example:queue:queue_shard
---  call   claim=run-1 limit=10 lease_ms=30000
---  reply  outcome=idle
---  then   EXISTS {slot_queue} = 0
---@example A shard with a dead item is due when the item is too old.
---  given  ZADD {dead} {now-1000} offer-1
---  call   claim=run-1 limit=10 lease_ms=30000 dead_max_age_ms=61000
---  reply  outcome=idle next_due_ms={now+60001} wait_ms=~
---  then   ZSCORE {slot_queue} example:queue:queue_shard = {now+60001}
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
local function claim(due, processing, attempts, dead, slot_queue, claim_key, limit, lease_ms, dead_max_age_ms)
  local now = now_ms()
  local now_text = string.format("%d", now)
  -- The end of the lease, then at most 100 items.
  local known = redis.call("LRANGE", claim_key, "0", "100")
  local known_end = stored_integer(known[1] or false, "end of a claim's lease")
  if known_end and known_end >= now then
    return "claimed", still_held(processing, attempts, known, known_end), known_end
  elseif known_end and known_end > 0 then
    return "ended"
  elseif known_end then
    local next_ms = next_due(due, processing, dead, 0, 0, dead_max_age_ms)
    return "idle", nil, nil, next_ms, next_ms and math.max(next_ms - now, 0)
  end

  local names = redis.call("ZRANGE", processing, "-inf", "(" .. now_text, "BYSCORE", "LIMIT", 0, limit)
  local abandoned = #names
  local ready = redis.call("ZRANGE", due, "-inf", now_text, "BYSCORE", "LIMIT", 0, limit - abandoned)
  -- at most 100 items
  for position, name in ipairs(ready) do
    names[abandoned + position] = name
  end
  local next_ms = next_due(due, processing, dead, #ready, abandoned, dead_max_age_ms)
  if #names == 0 then
    if next_ms then
      redis.call("ZADD", slot_queue, next_ms, slot_member(due))
    else
      redis.call("ZREM", slot_queue, slot_member(due))
    end
    -- A late copy of this call must claim nothing, because nobody waits for its items.
    redis.call("RPUSH", claim_key, "0")
    redis.call("PEXPIRE", claim_key, HORIZON_MS)
    return "idle", nil, nil, next_ms, next_ms and math.max(next_ms - now, 0)
  end

  -- at most 100 items
  local counts = redis.call("HMGET", attempts, unpack(names))
  local later, later_names, later_ms
  if abandoned > 0 then
    names, counts, later, later_names, later_ms = takeable(names, counts, abandoned, now)
    abandoned = abandoned - #later_names
  end
  local lease_ends = now + lease_ms
  local ends_text = string.format("%d", lease_ends)
  -- Without an item, nothing is due when the lease ends.
  local first_ms = later_ms or lease_ends
  if #names > 0 and lease_ends < first_ms then
    first_ms = lease_ends
  end
  if not next_ms or first_ms < next_ms then
    next_ms = first_ms
  end
  local items, leases, raised = {}, {}, {}
  -- at most 100 items
  for position, name in ipairs(names) do
    local stored = counts[position] and stored_attempts(counts[position])
    local before = stored or 0
    if position <= abandoned then
      before = math.max(before, 1)
    end
    items[2 * position - 1] = name
    items[2 * position] = before + 1
    leases[2 * position - 1] = ends_text
    leases[2 * position] = name
    -- The new text has no earlier note of track, because this run serves it.
    if before > 0 or stored then
      raised[#raised + 1] = name
      raised[#raised + 1] = string.format("%d", before + 1)
    end
  end
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_queue)
  if #leases > 0 then
    -- at most 200 values
    redis.call("ZADD", processing, unpack(leases))
  end
  -- at most 100 items
  for _, item in ipairs(later or {}) do
    redis.call("ZADD", due, item.due, item.name)
    redis.call("HSET", attempts, item.name, item.text)
  end
  redis.call("ZADD", slot_queue, next_ms, slot_member(due))
  if #raised > 0 then
    -- at most 200 values
    redis.call("HSET", attempts, unpack(raised))
  end
  -- at most 100 items
  redis.call("RPUSH", claim_key, ends_text, unpack(names))
  redis.call("PEXPIREAT", claim_key, lease_ends + HORIZON_MS)
  if #ready > 0 then
    -- at most 100 items
    redis.call("ZREM", due, unpack(ready))
  end
  if later_names and #later_names > 0 then
    -- at most 100 items
    redis.call("ZREM", processing, unpack(later_names))
  end
  return "claimed", items, lease_ends, next_ms, math.max(next_ms - now, 0)
end

return claim
