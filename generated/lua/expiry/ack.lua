#!lua flags=allow-oom
-- expiry.ack 1.0.0. Generated from lua/expiry/ack.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/expiry/held_items.lua:
--- Selects those of the given items that a claim holds.
local function held_items(claim_key, processing, items, now)
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local lease_ends = stored_integer(claim[1] or false, "end of a claim's lease")
  if not lease_ends or lease_ends < now then
    return nil, {}
  end

  local is_given = {}
  -- at most 100 items
  for _, item in ipairs(items) do
    is_given[item] = true
  end
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local held, others = {}, {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    if position > 1 and not is_given[item] then
      others[#others + 1] = item
    elseif position > 1 and tonumber(leases[position]) == lease_ends then
      held[#held + 1] = item
    end
  end
  return held, others
end

-- From lua/lib/expiry/keep_items.lua:
--- Removes all items from a claim except those that it keeps. The end of its lease stays.
local function keep_items(claim_key, others)
  redis.call("LTRIM", claim_key, "0", "0")
  if #others > 0 then
    -- at most 100 items
    redis.call("RPUSH", claim_key, unpack(others))
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- `acme:lamp`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV < 1 then
  return { err = "ARGUMENT expiry.ack expected 6 keys and at least 1 argument" }
end
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.ack items: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT expiry.ack expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.ack items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.ack items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
end

-- From lua/expiry/ack.lua:
--- Acknowledges items that a worker has processed: no worker gets them again.
do
  local due, processing, attempts, dead, slot_queue, claim_key, items =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_items
  local held, others = held_items(claim_key, processing, items, now_ms())
  if not held then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)

  if #held > 0 then
    -- Otherwise a worker would claim once more, when the lease would have ended.
    if
      redis.call("ZCARD", processing) == #held
      and redis.call("ZCARD", due) == 0
      and redis.call("ZCARD", dead) == 0
    then
      redis.call("ZREM", slot_queue, slot_member(due))
    end
    keep_items(claim_key, others)
    -- at most 100 items
    redis.call("ZREM", processing, unpack(held))
    -- at most 100 items
    redis.call("HDEL", attempts, unpack(held))
  end
  return "acked"
end
