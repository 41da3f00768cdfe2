#!lua flags=allow-oom
-- expiry.claim 2.0.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/expiry/claim.lua:
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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.claim expected 4 keys and 2 arguments" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 250 then
  return { err = "ARGUMENT expiry.claim limit: expected a whole number from 1 to 250" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.claim lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Claims due items for a worker, until its lease ends.
do
  local due, processing, attempts, claim_key, limit, lease_ms, limit_digits =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_limit, arg_lease_ms, arg_limit_digits
  local now = now_ms()
  local now_text = string.format("%d", now)
  -- The end of the lease, then at most 250 items.
  local known = redis.call("LRANGE", claim_key, "0", "250")
  local known_end = stored_integer(known[1] or false, "end of a claim's lease")
  if known_end and known_end >= now then
    return { "claimed", still_held(processing, attempts, known, known_end) or false, known_end }
  elseif known_end and known_end > 0 then
    return "ended"
  elseif known_end then
    local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
      "idle", nil, nil, next_due(due, processing, now)
    return {
      reply_outcome,
      reply_items or false,
      reply_lease_ends_ms or false,
      reply_next_due_ms or false,
      reply_wait_ms or false,
    }
  end

  local names =
    redis.call("ZRANGE", processing, "-inf", "(" .. now_text, "BYSCORE", "LIMIT", "0", limit_digits)
  local abandoned = #names
  local ready = redis.call("ZRANGE", due, "-inf", now_text, "BYSCORE", "LIMIT", "0", limit - abandoned)
  -- at most 250 items
  for _, name in ipairs(ready) do
    names[#names + 1] = name
  end
  if #names == 0 then
    local next_ms, wait_ms = next_due(due, processing, now)
    -- A late copy of this call must claim nothing, because nobody waits for its items.
    redis.call("RPUSH", claim_key, "0")
    redis.call("PEXPIRE", claim_key, HORIZON_MS)
    return { "idle", false, false, next_ms or false, wait_ms }
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
  return { "claimed", items or false, lease_ends }
end
