#!lua flags=allow-oom
-- expiry.claim 1.1.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/claimed_items.lua:
--- Pairs claimed items with how often each has been claimed.
local function claimed_items(attempts, names, more)
  local items = {}
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 1000 items
  for position, name in ipairs(names) do
    local count = stored_integer(counts[position], "attempts") or 0
    items[position] = { item = name, attempts = math.max(count + more, 1) }
  end
  return items
end

-- From lua/lib/earliest.lua:
--- The first of two lists together, each of them members and scores as Redis gave them, the lowest score first.
local function earliest(one, other, limit)
  local names = {}
  local at, other_at = 1, 1
  -- at most 1000 items
  for position = 1, math.min(limit, (#one + #other) / 2) do
    local score, other_score = tonumber(one[at + 1]), tonumber(other[other_at + 1])
    if score and (not other_score or score <= other_score) then
      names[position] = one[at]
      at = at + 2
    else
      names[position] = other[other_at]
      other_at = other_at + 2
    end
  end
  return names
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/expiry/claim.lua:
-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE = ""
local MOST_ITEMS = 1000

--- Hands due items to a worker, which has them until its lease ends.
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

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.claim " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

local function wrapper_encode_records(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      rows[index][position] = record[field]
    end
  end
  return rows
end

if #KEYS ~= 4 or #ARGV ~= 2 then
  return redis.error_reply("ARGUMENT expiry.claim expected 4 keys and 2 arguments")
end
local arg_limit = wrapper_read_integer("limit", ARGV[1], 1, 1000)
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[2], 1, 31622400000)
local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms =
  claim(KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_limit, arg_lease_ms)
return {
  reply_outcome,
  wrapper_encode_records(reply_items, { "item", "attempts" }),
  wrapper_encode_optional(reply_lease_ends_ms),
  wrapper_encode_optional(reply_next_due_ms),
  wrapper_encode_optional(reply_wait_ms),
}
