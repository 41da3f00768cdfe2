#!lua
-- Rival of expiry.track: sets the instant at which an item is due.
-- KEYS: due, processing, attempts, dead, reasons, the index of the slot, the operation.
-- ARGV: the item, its instant or nothing, both times of a debounce or nothing.

local HORIZON_MS = "660000"

local call = redis.call
local item, due_ms = ARGV[1], tonumber(ARGV[2])
local debounce_ms, max_wait_ms = tonumber(ARGV[3]), tonumber(ARGV[4])
if #KEYS ~= 7 or #ARGV ~= 4 then
  return { err = "ARGUMENT expiry.track" }
end
if item == "" or #item > 256 or string.find(item, "[%c{}]") then
  return { err = "ARGUMENT expiry.track item" }
end
local rest
if ARGV[2] ~= "" then
  if not due_ms or due_ms < 0 or due_ms > 8640000000000000 or due_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.track due_ms" }
  end
  if ARGV[3] ~= "" or ARGV[4] ~= "" then
    return { err = "ARGUMENT expiry.track due_ms" }
  end
  rest = string.format("%d", due_ms) .. " " .. item
else
  if not debounce_ms or debounce_ms < 1 or debounce_ms > 31622400000 or debounce_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.track debounce_ms" }
  end
  if not max_wait_ms or max_wait_ms < debounce_ms or max_wait_ms > 31622400000 or max_wait_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.track max_wait_ms" }
  end
  rest = string.format("debounce %d %d %s", debounce_ms, max_wait_ms, item)
end

local due, processing, attempts, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local leased = call("ZSCORE", processing, item)
local is_claimed = false
if leased then
  local lease_ends = tonumber(leased)
  if not lease_ends or lease_ends < 0 or lease_ends > 9007199254740991 or lease_ends % 1 ~= 0 then
    return { err = "CORRUPT processing" }
  end
  local clock = call("TIME")
  is_claimed = lease_ends >= clock[1] * 1000 + math.floor(clock[2] / 1000)
end
local died = call("ZSCORE", dead, item)
local count, since
if leased or debounce_ms then
  local text = call("HGET", attempts, item)
  if text then
    local again
    count = string.match(text, "^%d+$")
    if not count then
      count, again = string.match(text, "^(%d+) again (%d+)$")
    end
    if not count then
      count, since = string.match(text, "^(%d+) since (%d+)$")
    end
    if not count then
      count, again, since = string.match(text, "^(%d+) again (%d+) since (%d+)$")
    end
    if not count or math.max(tonumber(count), again or 0, since or 0) > 9007199254740991 then
      return { err = "CORRUPT attempts" }
    end
    count, since = tonumber(count), tonumber(since)
  end
end
if died then
  count, since = 0, nil
  call("HLEN", KEYS[5])
  call("HLEN", attempts)
end
if debounce_ms then
  local clock = call("TIME")
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  if not since or since > now then
    since = now
  end
  due_ms = math.min(now + debounce_ms, since + max_wait_ms)
  if not leased and count and count > 0 then
    local retry = tonumber(call("ZSCORE", due, item) or 0)
    if retry < 0 or retry > 9007199254740991 or retry % 1 ~= 0 then
      return { err = "CORRUPT due" }
    end
    due_ms = math.max(due_ms, retry)
  end
end
local index = KEYS[6]
local member = string.match(due, "{(.*)}")
local index_ms
if not is_claimed then
  local known = call("ZSCORE", index, member)
  if known then
    index_ms = tonumber(known) > due_ms and due_ms
  else
    local first = call("ZRANGE", due, 0, 0, "WITHSCORES")[2]
    local ends = call("ZRANGE", processing, 0, 0, "WITHSCORES")[2]
    local first_ms, ends_ms = tonumber(first or due_ms), tonumber(ends or due_ms)
    if first_ms < 0 or first_ms > 9007199254740991 or first_ms % 1 ~= 0 then
      return { err = "CORRUPT due" }
    elseif ends_ms < 0 or ends_ms > 9007199254740991 or ends_ms % 1 ~= 0 then
      return { err = "CORRUPT processing" }
    end
    index_ms = math.min(due_ms, first_ms, ends_ms)
  end
end
call("ZCARD", due)

local mine = (is_claimed and "track again " or "track tracked ") .. rest
local before = call("SET", KEYS[7], mine, "NX", "GET", "PX", HORIZON_MS)
if before then
  if before == "track tracked " .. rest then
    return "tracked"
  end
  return before == "track again " .. rest and "again" or "mismatch"
end
local noted = since and string.format(" since %d", since) or ""
if is_claimed then
  call("HSET", attempts, item, string.format("%d again %d", count or 1, due_ms) .. noted)
  return "again"
end
call("ZADD", due, string.format("%d", due_ms), item)
if index_ms then
  local index_text = string.format("%d", index_ms)
  call("ZADD", index, index_text, member)
  local clock = call("TIME")
  local soon = clock[1] * 1000 + math.floor(clock[2] / 1000) + 1000
  if call("ZCOUNT", index, string.format("%d", soon), string.format("%d", index_ms - 1)) == 0 then
    call("PUBLISH", index, index_text)
  end
end
if leased then
  call("ZREM", processing, item)
end
if leased or debounce_ms then
  call("HSET", attempts, item, (count or (leased and 1 or 0)) .. noted)
elseif died then
  call("HDEL", attempts, item)
end
if died then
  call("ZREM", dead, item)
  call("HDEL", KEYS[5], item)
end
return "tracked"
