#!lua flags=allow-oom
-- expiry.claim 1.1.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/expiry/claimed_items.lua:
--- Pairs claimed items with the number of their claims.
local function claimed_items(attempts, names, added)
  local items = {}
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 1000 items
  for position, name in ipairs(names) do
    local count = stored_integer(counts[position], "attempts") or 0
    items[position] = { item = name, attempts = math.max(count + added, 1) }
  end
  return items
end

-- From lua/lib/expiry/merge_by_score.lua:
--- Merges two lists of members and scores, as Redis returned them, into the names with the lowest
--- scores.
local function merge_by_score(first, second, limit)
  local names = {}
  local first_index, second_index = 1, 1
  -- at most 1000 items
  for position = 1, math.min(limit, (#first + #second) / 2) do
    local first_score, second_score = tonumber(first[first_index + 1]), tonumber(second[second_index + 1])
    if first_score and (not second_score or first_score <= second_score) then
      names[position] = first[first_index]
      first_index = first_index + 2
    else
      names[position] = second[second_index]
      second_index = second_index + 2
    end
  end
  return names
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/expiry/claim.lua:
-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE = ""
-- The upper bound of the type limit.
local MAX_ITEMS = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.claim expected 4 keys and 2 arguments" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 1000 then
  return { err = "ARGUMENT expiry.claim limit: expected a whole number from 1 to 1000" }
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

  local held_until = stored_integer(redis.call("ZSCORE", claim_key, LEASE), "end of a claim's lease")
  if redis.call("ZCARD", claim_key) > MAX_ITEMS + 1 then
    corrupt("claim of more than 1000 items")
  end
  if held_until then
    -- The same call was sent before. The member of the lease comes last, because its score is an
    -- instant and the scores of items are positions.
    local names = redis.call("ZRANGE", claim_key, "0", "-2")
    if #names == 0 then
      local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
        "claimed", {}, held_until
      local wrapper_reply_items = false
      if reply_items then
        wrapper_reply_items = {}
        for index = 1, #reply_items do
          local row = reply_items[index]
          wrapper_reply_items[2 * index - 1] = row.item
          wrapper_reply_items[2 * index] = row.attempts
        end
      end
      return {
        reply_outcome,
        wrapper_reply_items,
        reply_lease_ends_ms or false,
        reply_next_due_ms or false,
        reply_wait_ms or false,
      }
    end
    local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
      "claimed", claimed_items(attempts, names, 0), held_until
    local wrapper_reply_items = false
    if reply_items then
      wrapper_reply_items = {}
      for index = 1, #reply_items do
        local row = reply_items[index]
        wrapper_reply_items[2 * index - 1] = row.item
        wrapper_reply_items[2 * index] = row.attempts
      end
    end
    return {
      reply_outcome,
      wrapper_reply_items,
      reply_lease_ends_ms or false,
      reply_next_due_ms or false,
      reply_wait_ms or false,
    }
  end

  local before_now = "(" .. string.format("%.0f", now)
  local abandoned =
    redis.call("ZRANGE", processing, "-inf", before_now, "BYSCORE", "LIMIT", "0", limit_digits, "WITHSCORES")
  local ready = redis.call("ZRANGE", due, "-inf", now, "BYSCORE", "LIMIT", "0", limit_digits, "WITHSCORES")
  local names = merge_by_score(abandoned, ready, limit)
  if #names == 0 then
    local first_due = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
    local first_claimed = redis.call("ZRANGE", processing, "0", "0", "WITHSCORES")
    local due_ms = stored_integer(first_due[2] or false, "due")
    local lease_ends_ms = stored_integer(first_claimed[2] or false, "processing")
    if due_ms and lease_ends_ms then
      due_ms = math.min(due_ms, lease_ends_ms)
    end
    local next_ms = due_ms or lease_ends_ms
    return { "idle", false, false, next_ms or false, next_ms and math.max(next_ms - now, 0) }
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
  local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
    "claimed", items, lease_ends
  local wrapper_reply_items = false
  if reply_items then
    wrapper_reply_items = {}
    for index = 1, #reply_items do
      local row = reply_items[index]
      wrapper_reply_items[2 * index - 1] = row.item
      wrapper_reply_items[2 * index] = row.attempts
    end
  end
  return {
    reply_outcome,
    wrapper_reply_items,
    reply_lease_ends_ms or false,
    reply_next_due_ms or false,
    reply_wait_ms or false,
  }
end
